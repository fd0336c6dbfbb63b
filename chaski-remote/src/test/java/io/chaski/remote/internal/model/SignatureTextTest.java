package io.chaski.remote.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "void touch()",
                "double a.b.sqrt(double)",
                "Map<String,List<int[]>> of(Map<Colour,Optional<Point[][]>>,byte[],Page<Node>)"
            })
    void is_taken_apart_and_put_together_again(String text) {
        SignatureText signature = SignatureText.parse(text).orElseThrow();
        String parameters = String.join(
                ",", signature.parameters().stream().map(TypeName::toString).toList());
        assertThat(text).isEqualTo(text.split(" ", 2)[0] + " " + signature.name() + "(" + parameters + ")");
        assertThat(signature.hasResult()).isEqualTo(!text.startsWith("void"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "int",
                "int add",
                "int add(",
                "int add(int",
                "int (int)",
                " add(int)",
                "int add(int,)",
                "int add(,)",
                "int add(List<int)",
                "int add(List<>)",
                "int add(int>)",
                "int add([])",
                "int add(a b)",
                "int add(<int>)",
                "stream of int add(int)",
                "int add(stream of int)",
                "int add(int,stream of int)"
            })
    void is_nothing_if_it_is_malformed(String text) {
        assertThat(SignatureText.parse(text)).isEmpty();
    }

    @Test
    void has_a_stream_or_not() {
        assertThat(SignatureText.isOfStream("stream of int a.add(int)", "a.add"))
                .isTrue();
        assertThat(SignatureText.isOfStream("int add(int,stream of List<int>)", "add"))
                .isTrue();
        assertThat(SignatureText.isOfStream("stream of int add(stream of int)", "ad"))
                .isFalse();
        assertThat(SignatureText.isOfStream("stream of int add(stream of int)", "of int add"))
                .isFalse();
        assertThat(SignatureText.isOfStream("int add(int)", "add")).isFalse();
        assertThat(SignatureText.isOfStream("stream of add", "add")).isFalse();
    }

    @Test
    void is_nothing_if_it_is_nested_without_end() {
        assertThat(SignatureText.parse("int add(" + "List<".repeat(400) + "int" + ">".repeat(400) + ")"))
                .isEmpty();
        assertThat(SignatureText.parse("int add(int" + "[]".repeat(900) + ")")).isEmpty();
    }

    @Test
    void a_name_that_no_interface_shares_is_that_of_the_application() {
        SignatureText signature = SignatureText.parse("int of(Point,String,int[],List<Point>,Duration,Address)")
                .orElseThrow();
        assertThat(signature.parameters().stream().map(TypeName::isOfApplication))
                .containsExactly(true, false, false, false, false, false);
    }
}
