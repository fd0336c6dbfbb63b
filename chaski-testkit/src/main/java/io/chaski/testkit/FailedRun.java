package io.chaski.testkit;

import java.util.Map;

/** What a reader of a failed test needs to repeat it. Added to the failure as suppressed; has no stack of its own. */
final class FailedRun extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FailedRun(Map<String, String> report) {
        super(text(report), null, false, false);
    }

    private static String text(Map<String, String> report) {
        return "repeat with -D" + NetworkBuilder.SEED_PROPERTY + "=" + report.get(ChaskiNetwork.SEED_ENTRY) + " ("
                + report.get(ChaskiNetwork.TOPOLOGY_ENTRY) + ")\n" + report.get(ChaskiNetwork.EVENTS_ENTRY);
    }
}
