package io.chaski.streamer.internal.queue;

import java.util.UUID;

/**
 * One attempt of a job at its worker.
 *
 * @param submitter who wants it
 * @param job its id
 * @param assignment which one
 */
record TaskKey(SubmitterKey submitter, UUID job, int assignment) {}
