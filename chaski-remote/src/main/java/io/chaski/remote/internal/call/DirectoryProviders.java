package io.chaski.remote.internal.call;

import io.chaski.core.NodeId;
import io.chaski.remote.CallOptions;
import io.chaski.remote.Provider;
import io.chaski.remote.Selection;
import io.chaski.remote.internal.model.ServiceModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Chooses among those that announce a service: first those whose signature is the caller's, then the others, which may still have
 * all methods that are needed. Never this node itself. Thread-safe.
 */
public final class DirectoryProviders implements Providers {

    private static final Selection NEAREST = Selection.nearest();

    /** What fits into the message of an exception. */
    private static final int MAX_NAMES_TOLD = 64;

    private final Function<String, List<Provider>> providers;
    private final Supplier<? extends Collection<String>> names;

    /**
     * Whoever announces itself.
     *
     * @param providers those of a service, sorted, without this node
     * @param names of all services
     */
    public DirectoryProviders(
            Function<String, List<Provider>> providers, Supplier<? extends Collection<String>> names) {
        this.providers = providers;
        this.names = names;
    }

    @Override
    public Iterator<Candidate> candidates(String service, String signatureHash, CallOptions options) {
        boolean isAnyInterface = signatureHash.isEmpty();
        long signature = isAnyInterface ? 0 : ServiceModel.signatureHash(signatureHash);
        List<Provider> fitting = new ArrayList<>();
        List<Provider> others = new ArrayList<>();
        for (Provider provider : providers.apply(service)) {
            boolean isWanted = options.version().isEmpty()
                    || options.version().get().equals(provider.service().version());
            if (isWanted) {
                (isAnyInterface || provider.service().signature() == signature ? fitting : others).add(provider);
            }
        }
        return new InTwoGroups(fitting, others, options.selection().orElse(NEAREST));
    }

    /**
     * Everybody who serves something, for a call that all get.
     *
     * @param service its name
     * @param signatureHash SHA-256 of the caller's interface
     * @param version which version; empty for any
     * @return sorted; of a node that has the caller's signature the versions that do, of another one all
     */
    public List<Provider> all(String service, String signatureHash, Optional<String> version) {
        long signature = ServiceModel.signatureHash(signatureHash);
        List<Provider> wanted = providers.apply(service).stream()
                .filter(each ->
                        version.isEmpty() || version.get().equals(each.service().version()))
                .toList();
        Set<NodeId> fitting = new HashSet<>();
        wanted.stream()
                .filter(each -> each.service().signature() == signature)
                .forEach(each -> fitting.add(each.node()));
        return wanted.stream()
                .filter(each -> each.service().signature() == signature || !fitting.contains(each.node()))
                .toList();
    }

    @Override
    public List<String> known() {
        return names.get().stream().limit(MAX_NAMES_TOLD).toList();
    }

    /** Orders the second group when the first has failed only: a strategy that counts is asked once for a call that succeeds. */
    private static final class InTwoGroups implements Iterator<Candidate> {
        private final Selection selection;
        private final Set<NodeId> seen = new HashSet<>();
        private Iterator<Provider> group;
        private List<Provider> later;

        InTwoGroups(List<Provider> first, List<Provider> later, Selection selection) {
            this.selection = selection;
            this.later = later;
            this.group = order(first);
        }

        /** Each node once: of several versions the one that is sorted first, which is the one without a version if there is. */
        private Iterator<Provider> order(List<Provider> providers) {
            providers.removeIf(provider -> !seen.add(provider.node()));
            return providers.isEmpty()
                    ? Collections.emptyIterator()
                    : selection
                            .order(Collections.unmodifiableList(providers), ThreadLocalRandom.current())
                            .iterator();
        }

        @Override
        public boolean hasNext() {
            if (!group.hasNext() && !later.isEmpty()) {
                group = order(later);
                later = List.of();
            }
            return group.hasNext();
        }

        @Override
        public Candidate next() {
            Provider next = group.next();
            return new Candidate(next.node(), next.service().version());
        }
    }
}
