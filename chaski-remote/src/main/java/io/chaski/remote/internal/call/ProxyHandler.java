package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a proxy: remote methods are calls, default methods and those of {@code Object} run here. Immutable.
 */
public final class ProxyHandler implements InvocationHandler {

    private final Calling calling;
    private final Class<?> type;
    private final ServiceModel model;
    private final String service;
    private final Providers providers;
    private final CallOptions ofProxy;
    private final CallOptions ofCall;

    private ProxyHandler(
            Calling calling,
            Class<?> type,
            ServiceModel model,
            String service,
            Providers providers,
            CallOptions ofProxy,
            CallOptions ofCall) {
        this.calling = calling;
        this.type = type;
        this.model = model;
        this.service = service;
        this.providers = providers;
        this.ofProxy = ofProxy;
        this.ofCall = ofCall;
    }

    /**
     * A proxy of an interface.
     *
     * @param calling makes the calls
     * @param type the interface
     * @param model what it says
     * @param service name of the service
     * @param providers who may execute the calls
     * @param options what holds for all calls of the proxy
     */
    public static <I> I proxy(
            Calling calling,
            Class<I> type,
            ServiceModel model,
            String service,
            Providers providers,
            CallOptions options) {
        return proxy(type, new ProxyHandler(calling, type, model, service, providers, options, CallOptions.NONE));
    }

    private static <I> I proxy(Class<I> type, ProxyHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /**
     * The same proxy for single calls, whose options go before all others.
     *
     * @param proxy made by {@link #proxy}
     * @param options what holds for the calls
     * @throws IllegalArgumentException if it is anything else
     */
    @SuppressWarnings("unchecked") // the new proxy implements what the old one does
    public static <I> I with(I proxy, CallOptions options) {
        if (!Proxy.isProxyClass(proxy.getClass())
                || !(Proxy.getInvocationHandler(proxy) instanceof ProxyHandler handler)) {
            throw new IllegalArgumentException("not a proxy of a remote service: " + proxy.getClass());
        }
        return (I) proxy(handler.type, handler.with(options));
    }

    private ProxyHandler with(CallOptions options) {
        return new ProxyHandler(calling, type, model, service, providers, ofProxy, options.over(ofCall));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        MethodModel remote = model.find(method);
        if (remote != null) {
            return call(remote, method, arguments == null ? List.of() : Arrays.asList(arguments));
        }
        return method.isDefault() ? runHere(proxy, method, arguments) : ofObject(proxy, method, arguments);
    }

    private @Nullable Object call(MethodModel remote, Method method, List<@Nullable Object> arguments)
            throws Throwable {
        calling.requireOpen();
        if (remote.streams().result() != null) {
            return new StreamedCall(
                            calling, new Target(service, model, remote, providers), arguments, optionsOf(remote))
                    .inShape(remote.streams().result().shape());
        }
        if (!remote.isFuture() && calling.streams().inEventLoop()) {
            throw new IllegalStateException(
                    "this call waits, and the event loop must not: let the method return a CompletableFuture");
        }
        Target target = new Target(service, model, remote, providers);
        Invocation invocation =
                remote.isFuture() ? Invocation.later(calling, target) : Invocation.waiting(calling, target);
        var result = invocation.begin(arguments, optionsOf(remote));
        if (remote.isFuture()) {
            return result;
        }
        return invocation.await(
                result, Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class));
    }

    private CallOptions optionsOf(MethodModel remote) {
        CallOptions ofMethod = remote.deadline().map(CallOptions::within).orElse(CallOptions.NONE);
        return CallLayers.of(ofCall.over(ofMethod).over(ofProxy), calling, remote);
    }

    /** An interface that is not public is out of reach for this class, but not for a look-up in the interface's own name. */
    private static @Nullable Object runHere(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Class<?> declaring = method.getDeclaringClass();
        if (Modifier.isPublic(declaring.getModifiers())) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
                .unreflectSpecial(method, declaring)
                .bindTo(proxy)
                .invokeWithArguments(arguments == null ? new Object[0] : arguments);
    }

    private @Nullable Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "remote " + service + " (" + model.typeName() + ")";
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }
}
