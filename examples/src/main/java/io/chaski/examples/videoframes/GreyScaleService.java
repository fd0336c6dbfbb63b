package io.chaski.examples.videoframes;

import io.chaski.core.ChaskiNode;
import io.chaski.examples.process.Child;
import io.chaski.remote.ChaskiRemote;

/** The process that works on the film. */
final class GreyScaleService {

    private GreyScaleService() {}

    /** Weights of ITU-R BT.601, in thousandths. */
    static Frame grey(Frame frame) {
        byte[] rgb = frame.rgb().clone();
        for (int i = 0; i < rgb.length; i += 3) {
            int light = (299 * (rgb[i] & 0xff) + 587 * (rgb[i + 1] & 0xff) + 114 * (rgb[i + 2] & 0xff)) / 1000;
            rgb[i] = (byte) light;
            rgb[i + 1] = (byte) light;
            rgb[i + 2] = (byte) light;
        }
        return new Frame(frame.number(), frame.width(), rgb);
    }

    /**
     * Runs until the launcher ends.
     *
     * @param arguments where to listen
     */
    public static void main(String[] arguments) throws Exception {
        try (ChaskiNode node =
                ChaskiNode.builder().name("grey-scale").listen(arguments[0]).start()) {
            // #region serve
            ChaskiRemote.on(node).serve("grey-scale", GreyScale.class, film -> film.map(GreyScaleService::grey));
            // #endregion
            Child.answer("READY " + node.addresses().get(0));
            Child.awaitLauncher();
        }
    }
}
