package io.chaski.ca.internal.journal;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One event: a line of JSON with text values only, so that people and {@code jq} read it and nothing has to be guessed.
 * Immutable.
 *
 * @param event what happened
 * @param time when, by the wall clock
 * @param fields what else is known, in the order in which it is written
 */
public record JournalRecord(Event event, Instant time, Map<String, String> fields) {

    private static final String EVENT = "event";
    private static final String TIME = "time";

    /** Kinds of events. */
    public enum Event {
        /** The authority was made. */
        INIT,
        /** A token was made. */
        TOKEN_MADE,
        /** A token that nobody has used yet cannot be used any more. */
        TOKEN_REVOKED,
        /** A token is used up, by one key; written before anything is signed for it. */
        USED,
        /** A certificate was signed. */
        ISSUED,
        /** A certificate is going to take the place of another one; written before it is signed. */
        RENEWING,
        /** Serial number, key or identity was revoked. */
        REVOKED,
        /** Certificates were revoked by a list that nodes follow and this authority did not know of. */
        ADOPTED,
        /** An identity may have certificates again. */
        READMITTED,
        /** A revocation list gets its number; written before it is signed. */
        LISTED,
        /** Another issuing key signs from now on; its files are on the disk. */
        ROTATED,
        /** Nodes are told to trust another root as well; its files are on the disk. */
        ROOT_ADDED,
        /** Nodes are told to trust the newest root only. */
        ROOT_DROPPED,
        /** A policy was signed; written before it is. */
        POLICY_SIGNED,
        /** A request was refused. */
        REFUSED,
        /** A request was refused that only a thief or a copied machine makes. */
        ALARM
    }

    /** Copies the fields. */
    public JournalRecord {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        if (fields.containsKey(EVENT) || fields.containsKey(TIME)) {
            throw new IllegalArgumentException("event and time are not fields: " + fields.keySet());
        }
    }

    /**
     * A field that must be there.
     *
     * @throws MalformedRecordException if it is not
     */
    public String field(String name) throws MalformedRecordException {
        String value = fields.get(name);
        if (value == null) {
            throw new MalformedRecordException("no field " + name);
        }
        return value;
    }

    /** The line, without what chains it to others. */
    Map<String, String> toMap() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(EVENT, event.name());
        all.put(TIME, time.toString());
        all.putAll(fields);
        return all;
    }

    static JournalRecord fromMap(Map<String, String> all) throws MalformedRecordException {
        Map<String, String> fields = new LinkedHashMap<>(all);
        String event = fields.remove(EVENT);
        String time = fields.remove(TIME);
        if (event == null || time == null) {
            throw new MalformedRecordException("no event or no time");
        }
        try {
            return new JournalRecord(Event.valueOf(event), Instant.parse(time), fields);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new MalformedRecordException("event or time", e);
        }
    }

    /** Not a line that we have written. */
    public static final class MalformedRecordException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Without a cause. */
        public MalformedRecordException(String message) {
            super(message);
        }

        /** With a cause. */
        public MalformedRecordException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
