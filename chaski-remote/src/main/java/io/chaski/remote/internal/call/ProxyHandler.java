package io.chaski.remote.internal.call;

import io.chaski.remote.CallOptions;
import io.chaski.remote.internal.context.CallLife;
import io.chaski.remote.internal.model.ItemStream;
import io.chaski.remote.internal.model.MethodModel;
import io.chaski.remote.internal.model.MethodTable;
import io.chaski.remote.internal.model.ServiceModel;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a proxy: remote methods are calls, default methods and those of {@code Object} run here. Immutable.
 */
public final class ProxyHandler implements InvocationHandler {

    private final Calling calling;
    private final ServiceModel model;
    private final MethodTable table;
    private final String service;
    private final Providers providers;
    private final CallOptions ofProxy;
    private final CallOptions ofCall;

    /** That of the call which has brought a callback; null for a service. */
    private final @Nullable CallLife life;

    /** Takes note of calls in place of making them; null to make them. */
    private final @Nullable CallRecorder recorder;

    private ProxyHandler(
            Calling calling,
            ServiceModel model,
            MethodTable table,
            String service,
            Providers providers,
            CallOptions ofProxy,
            CallOptions ofCall,
            @Nullable CallLife life,
            @Nullable CallRecorder recorder) {
        this.calling = calling;
        this.model = model;
        this.table = table;
        this.service = service;
        this.providers = providers;
        this.ofProxy = ofProxy;
        this.ofCall = ofCall;
        this.life = life;
        this.recorder = recorder;
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
        return type.cast(new ProxyHandler(
                        calling, model, model.table(), service, providers, options, CallOptions.NONE, null, null)
                .proxy());
    }

    /**
     * A proxy of a function.
     *
     * @param calling makes the calls
     * @param model of a function
     * @param name what it is served as
     * @param providers who may execute the calls
     * @param options what holds for all its calls
     */
    @SuppressWarnings("unchecked") // results are decoded by the type that the model says
    public static <A extends @Nullable Object, R extends @Nullable Object> Function<A, R> function(
            Calling calling, ServiceModel model, String name, Providers providers, CallOptions options) {
        return (Function<A, R>) proxy(calling, Function.class, model, name, providers, options);
    }

    /**
     * A proxy of a callback, for whoever executes the call that has brought it.
     *
     * @param calling makes the calls
     * @param model of its interface
     * @param service name of the callback
     * @param caller who has made the call
     * @param life that of the call
     */
    static Object callback(Calling calling, ServiceModel model, String service, Providers caller, CallLife life) {
        return new ProxyHandler(
                        calling, model, model.table(), service, caller, CallOptions.NONE, CallOptions.NONE, life, null)
                .proxy();
    }

    private Object proxy() {
        Class<?> type = table.type();
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
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
        ProxyHandler handler = handlerOf(proxy);
        return (I) handler.with(options, handler.recorder).proxy();
    }

    /**
     * The same proxy, which only takes note of calls.
     *
     * @param calling of the remote that is asked
     * @throws IllegalArgumentException if it is no proxy of this remote
     */
    @SuppressWarnings("unchecked") // the new proxy implements what the old one does
    static <I> I recording(Calling calling, I proxy, CallRecorder recorder) {
        ProxyHandler handler = handlerOf(proxy);
        if (handler.calling != calling) {
            throw new IllegalArgumentException("a proxy of another remote: " + proxy);
        }
        return (I) handler.with(CallOptions.NONE, recorder).proxy();
    }

    private static ProxyHandler handlerOf(Object proxy) {
        if (Proxy.isProxyClass(proxy.getClass()) && Proxy.getInvocationHandler(proxy) instanceof ProxyHandler handler) {
            return handler;
        }
        throw new IllegalArgumentException("not a proxy of a remote service: " + proxy.getClass());
    }

    private ProxyHandler with(CallOptions options, @Nullable CallRecorder noting) {
        return new ProxyHandler(calling, model, table, service, providers, ofProxy, options.over(ofCall), life, noting);
    }

    /** A step to a service inside calls nobody. */
    private ProxyHandler inside(MethodTable nested) {
        return new ProxyHandler(calling, model, nested, service, providers, ofProxy, ofCall, life, recorder);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        MethodModel remote = table.methods().get(method);
        if (remote != null) {
            List<@Nullable Object> passed = arguments == null ? List.of() : Arrays.asList(arguments);
            return life == null ? call(remote, method, passed) : life.run(() -> call(remote, method, passed));
        }
        MethodTable nested = table.nested().get(method);
        if (nested != null) {
            return inside(nested).proxy();
        }
        return method.isDefault() ? runHere(proxy, method, arguments) : ofObject(proxy, method, arguments);
    }

    private @Nullable Object call(MethodModel remote, Method method, List<@Nullable Object> arguments)
            throws Throwable {
        calling.requireOpen();
        Target target = new Target(service, model, remote, providers);
        if (recorder != null) {
            return recorder.record(
                    new CapturedCall(calling, target, arguments, optionsOf(remote)), method.getReturnType());
        }
        ItemStream returned = remote.streams().result();
        if (returned != null) {
            return new StreamedCall(calling, target, arguments, optionsOf(remote)).inShape(returned.shape());
        }
        if (!remote.isFuture() && calling.streams().inEventLoop()) {
            throw new IllegalStateException(
                    "this call waits, and the event loop must not: let the method return a CompletableFuture");
        }
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
            case "toString" -> "remote " + label() + " (" + table.type().getSimpleName() + ")";
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private String label() {
        return table.path().isEmpty() ? service : service + "." + table.path();
    }
}
