package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.SignatureMismatchException;
import io.chaski.remote.internal.model.MethodKey;
import io.chaski.remote.internal.model.SignatureText;
import io.chaski.remote.internal.model.TypeName;
import io.chaski.remote.internal.wire.Description;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chooses among the methods that a node describes the one that fits a name and values. Stateless. */
final class Overloads {

    /** What fits into the message of an exception. */
    private static final int MAX_TOLD = 16;

    private Overloads() {}

    /**
     * A method that fits.
     *
     * @param key its name on the wire
     * @param signature as it was described
     * @param arguments as they are sent
     * @param losses how far away each value that was passed is from what is wanted
     */
    record Choice(MethodKey key, SignatureText signature, List<@Nullable Object> arguments, List<Integer> losses) {

        /** Whether every value fits here at least as well as there, and one better. */
        private boolean isBetterThan(Choice other) {
            boolean isBetter = false;
            for (int i = 0; i < losses.size(); i++) {
                int difference = other.losses.get(i) - losses.get(i);
                if (difference < 0) {
                    return false;
                }
                isBetter |= difference > 0;
            }
            return isBetter;
        }
    }

    /**
     * The method that fits best.
     *
     * @param peer who described them
     * @param service name of the service
     * @param description its methods
     * @param name remote name of the method
     * @param values what is passed
     * @throws SignatureMismatchException if none fits
     * @throws IllegalArgumentException if several fit equally well, or the one of this name has a stream of items
     */
    static Choice choose(
            NodeId peer, String service, Description description, String name, List<@Nullable Object> values) {
        List<Choice> fitting = fitting(description, name, values, false);
        if (fitting.isEmpty()) {
            fitting = fitting(description, name, values, true);
        }
        if (fitting.isEmpty()) {
            description.methods().values().stream()
                    .filter(text -> SignatureText.isOfStream(text, name))
                    .findFirst()
                    .ifPresent(text -> {
                        throw new IllegalArgumentException(service + ": " + told(Stream.of(text))
                                + " has a stream of items, which needs an interface");
                    });
            throw new SignatureMismatchException(peer, service, wanted(name, values), candidates(description, name));
        }
        for (Choice choice : fitting) {
            if (fitting.stream().allMatch(other -> other.key().equals(choice.key()) || choice.isBetterThan(other))) {
                return choice;
            }
        }
        throw new IllegalArgumentException(service + " has several methods that fit " + wanted(name, values) + ": "
                + told(fitting.stream().map(choice -> choice.signature().text())));
    }

    private static List<Choice> fitting(
            Description description, String name, List<@Nullable Object> values, boolean isVariable) {
        List<Choice> fitting = new ArrayList<>();
        description
                .methods()
                .forEach((key, text) -> SignatureText.parse(text)
                        .filter(signature -> signature.name().equals(name))
                        .flatMap(signature ->
                                isVariable ? variable(key, signature, values) : fixed(key, signature, values))
                        .ifPresent(fitting::add));
        return fitting;
    }

    private static Optional<Choice> fixed(MethodKey key, SignatureText signature, List<@Nullable Object> values) {
        return signature.parameters().size() == values.size()
                ? fit(signature.parameters(), values).map(fits -> new Choice(key, signature, sent(fits), losses(fits)))
                : Optional.empty();
    }

    /** As Java does it: what is left over goes into the array that comes last. */
    private static Optional<Choice> variable(MethodKey key, SignatureText signature, List<@Nullable Object> values) {
        int fixed = signature.parameters().size() - 1;
        if (fixed < 0
                || values.size() < fixed
                || !signature.parameters().get(fixed).name().equals(TypeName.ARRAY)) {
            return Optional.empty();
        }
        TypeName held = signature.parameters().get(fixed).arguments().get(0);
        List<TypeName> types = new ArrayList<>(signature.parameters().subList(0, fixed));
        types.addAll(Collections.nCopies(values.size() - fixed, held));
        return fit(types, values).map(fits -> {
            List<@Nullable Object> arguments = new ArrayList<>(sent(fits.subList(0, fixed)));
            arguments.add(sent(fits.subList(fixed, fits.size())));
            return new Choice(key, signature, arguments, losses(fits));
        });
    }

    private static Optional<List<Fit>> fit(List<TypeName> types, List<@Nullable Object> values) {
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Optional<Fit> fit = Fit.of(values.get(i), types.get(i));
            if (fit.isEmpty()) {
                return Optional.empty();
            }
            fits.add(fit.get());
        }
        return Optional.of(fits);
    }

    private static List<@Nullable Object> sent(List<Fit> fits) {
        List<@Nullable Object> sent = new ArrayList<>();
        fits.forEach(fit -> sent.add(fit.value()));
        return sent;
    }

    private static List<Integer> losses(List<Fit> fits) {
        return fits.stream().map(Fit::loss).toList();
    }

    /** The types of the values, never the values. */
    private static String wanted(String name, List<@Nullable Object> values) {
        return name
                + values.stream()
                        .map(value -> value == null ? "null" : value.getClass().getSimpleName())
                        .collect(Collectors.joining(",", "(", ")"));
    }

    /** Those of this name, and all if there are none. */
    private static String candidates(Description description, String name) {
        List<String> named = description.methods().values().stream()
                .filter(text -> SignatureText.parse(text)
                        .filter(signature -> Objects.equals(signature.name(), name))
                        .isPresent())
                .toList();
        return told((named.isEmpty() ? description.methods().values() : named).stream());
    }

    private static String told(Stream<String> signatures) {
        List<String> sorted = signatures.sorted().toList();
        String first = String.join("; ", sorted.subList(0, Math.min(MAX_TOLD, sorted.size())));
        return sorted.size() > MAX_TOLD ? first + "; and " + (sorted.size() - MAX_TOLD) + " more" : first;
    }
}
