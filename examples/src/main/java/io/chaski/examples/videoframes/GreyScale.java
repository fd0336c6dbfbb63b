package io.chaski.examples.videoframes;

import java.util.stream.Stream;

// #region interface
/** Takes the colours out of a film, frame by frame, as it comes. */
interface GreyScale {
    Stream<Frame> grey(Stream<Frame> film);
}
// #endregion
