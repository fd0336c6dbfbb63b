package io.chaski.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    @Test
    void has_a_rule_below_its_headings() {
        MarkdownTable table = new MarkdownTable("who", "how fast");
        table.row("a", "1");
        assertThat(table).hasToString("| who | how fast |\n| --- | ---: |\n| a | 1 |\n");
    }

    @Test
    void refuses_a_row_of_another_width() {
        MarkdownTable table = new MarkdownTable("who", "how fast");
        assertThatThrownBy(() -> table.row("a")).isInstanceOf(IllegalArgumentException.class);
    }
}
