package io.chaski.examples.chat;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a person can type in some conversations only.
 *
 * @param name with the stroke in front
 * @param help what it does, for people
 * @param action given the words behind it; what it throws as an {@link IllegalArgumentException} is shown
 */
record Command(String name, String help, Consumer<List<String>> action) {}
