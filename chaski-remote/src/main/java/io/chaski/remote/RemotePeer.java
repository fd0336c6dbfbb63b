package io.chaski.remote;

import io.chaski.core.NodeId;
import io.chaski.core.TypeRef;
import io.chaski.remote.internal.call.Calling;
import io.chaski.remote.internal.call.DynamicCalls;
import io.chaski.remote.internal.call.Providers;
import io.chaski.remote.internal.call.ProxyHandler;
import io.chaski.remote.internal.model.ErrorTypes;
import io.chaski.remote.internal.model.ModelReader;
import io.chaski.remote.internal.schedule.ScheduleClient;
import io.chaski.remote.internal.serve.ServedServices;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The services of one node, of which no other node takes the place. Thread-safe; see {@link ChaskiRemote#at}. */
public final class RemotePeer {

    private final NodeId node;
    private final Calling calling;
    private final ErrorTypes errors;

    RemotePeer(NodeId node, Calling calling, ErrorTypes errors) {
        this.node = node;
        this.calling = calling;
        this.errors = errors;
    }

    /** The node. */
    public NodeId node() {
        return node;
    }

    /**
     * A proxy of a service of this node. Does not wait, and asks nobody until the first call.
     *
     * @param service its name
     * @param type an interface
     * @throws IllegalArgumentException if the interface cannot be called remotely; the message names the method and the parameter
     */
    public <I> I proxy(String service, Class<I> type) {
        return proxy(service, type, CallOptions.NONE);
    }

    /**
     * A proxy of a service of this node, with options.
     *
     * @param service its name
     * @param type an interface
     * @param options what holds for its calls; annotations of methods go before it
     * @throws IllegalArgumentException as for {@link #proxy(String, Class)}
     */
    public <I> I proxy(String service, Class<I> type, CallOptions options) {
        ServedServices.checkName(service);
        return ProxyHandler.proxy(
                calling, type, ModelReader.forCalls(type, errors), service, Providers.at(node), options);
    }

    /**
     * A service of this node without an interface. Asks nobody until the first call.
     *
     * @param service its name
     * @throws IllegalArgumentException if the name is empty, too long or has control characters
     */
    public DynamicService dynamic(String service) {
        ServedServices.checkName(service);
        return new DynamicService(new DynamicCalls(calling, service, Providers.at(node)), "", CallOptions.NONE);
    }

    /**
     * The schedules that this node has made at that one and that are not over, in the order they were made. Waits, as a method of a
     * proxy does.
     */
    public List<Schedule> schedules() {
        ScheduleClient client = new ScheduleClient(calling);
        return client.at(node).list().stream()
                .map(info -> new Schedule(client, node, info.id()))
                .toList();
    }

    /**
     * A function that this node has attached; see {@link ChaskiRemote#function(String, Class, Class)}, which is the same of any node.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @throws IllegalArgumentException if a type cannot travel
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, Class<A> argument, Class<R> result) {
        return function(name, argument, result, CallOptions.NONE);
    }

    /**
     * A function that this node has attached, with options.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @param options what holds for its calls
     * @throws IllegalArgumentException if a type cannot travel
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, Class<A> argument, Class<R> result, CallOptions options) {
        return functionOf(name, argument, result, options);
    }

    /**
     * A function with generic types that this node has attached.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @throws IllegalArgumentException if a type cannot travel
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, TypeRef<A> argument, TypeRef<R> result) {
        return function(name, argument, result, CallOptions.NONE);
    }

    /**
     * A function with generic types that this node has attached, with options.
     *
     * @param name its name
     * @param argument type of its argument
     * @param result type of its result
     * @param options what holds for its calls
     * @throws IllegalArgumentException if a type cannot travel
     */
    public <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            String name, TypeRef<A> argument, TypeRef<R> result, CallOptions options) {
        return functionOf(name, argument.type(), result.type(), options);
    }

    private <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> functionOf(
            String name, Type argument, Type result, CallOptions options) {
        ServedServices.checkName(name);
        return ProxyHandler.function(
                calling, ModelReader.ofFunction(argument, result), name, Providers.at(node), options);
    }
}
