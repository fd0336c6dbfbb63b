package io.chaski.remote.tck;

import io.chaski.core.ChaskiNode;
import io.chaski.core.Topology;
import io.chaski.remote.ChaskiRemote;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Test;

/**
 * The publishers' part of the suite of Reactive Streams, on the result of a call between two nodes. It is among the long tests, since
 * the suite waits a fixed time wherever nothing may come.
 */
@Test(groups = "deep")
public class RemotePublisherTckTest extends FlowPublisherVerification<Long> {

    /** How long the suite waits for a signal; only failures take so long, but where it expects an error it always waits. */
    private static final long SIGNAL_MILLIS = 4_000;

    /** How long the suite listens where nothing may come. */
    private static final long SILENCE_MILLIS = 50;

    /** How long the suite waits before it looks what is still referred to. */
    private static final long COLLECTION_MILLIS = 2_000;

    interface Served {
        Iterator<Long> upTo(long count);
    }

    interface Called {
        Flow.Publisher<Long> upTo(long count);
    }

    private ChaskiNode server;
    private ChaskiNode client;
    private Called called;
    private Called nobody;

    public RemotePublisherTckTest() {
        super(new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS), COLLECTION_MILLIS);
    }

    @BeforeClass
    void startNodes() throws Exception {
        String cluster = "tck-" + UUID.randomUUID();
        server = ChaskiNode.builder()
                .name("server")
                .cluster(cluster)
                .topology(Topology.MANUAL)
                .start();
        client = ChaskiNode.builder()
                .name("client")
                .cluster(cluster)
                .topology(Topology.MANUAL)
                .start();
        ChaskiRemote.on(server)
                .serve(
                        "numbers",
                        Served.class,
                        count -> LongStream.range(0, count).iterator());
        client.connect(server.addresses().get(0)).get(50, TimeUnit.SECONDS);
        ChaskiRemote calling = ChaskiRemote.on(client);
        called = calling.at(server.id()).proxy("numbers", Called.class);
        nobody = calling.at(server.id()).proxy("nothing", Called.class);
    }

    @AfterClass
    void closeNodes() {
        client.close();
        server.close();
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
        return called.upTo(elements);
    }

    /** Nobody serves it. */
    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
        return nobody.upTo(1);
    }
}
