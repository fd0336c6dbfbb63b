/**
 * A chat for two, and rooms for any number of people, without a server. Start at {@code Chat}; {@code RoomChat} is all that a
 * room takes, and {@code KeptVoice} what it takes so that nobody misses anything.
 */
@NullMarked
package io.chaski.examples.chat;

import org.jspecify.annotations.NullMarked;
