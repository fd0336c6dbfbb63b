package io.chaski.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** A table for a document and for the terminal alike. Not thread-safe. */
public final class MarkdownTable {

    private final StringBuilder text = new StringBuilder();
    private final int columns;

    /**
     * A table without rows.
     *
     * @param headings one for each column; the first column is text, the others are figures
     */
    public MarkdownTable(String... headings) {
        columns = headings.length;
        row(headings);
        List<String> rules = new ArrayList<>(List.of("---"));
        while (rules.size() < columns) {
            rules.add("---:");
        }
        row(rules.toArray(new String[0]));
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column
     */
    public void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
        }
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
