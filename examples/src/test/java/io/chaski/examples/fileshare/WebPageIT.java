package io.chaski.examples.fileshare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chaski.examples.process.RunningExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person sees it, in a browser. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WebPageIT {

    private static final String PEERS =
            "[...document.querySelectorAll('#peers li')].map(e => e.textContent).join(', ')";
    private static final String FILES =
            "[...document.querySelectorAll('#files tr')].map(e => [...e.children].map(c => c.textContent).join(' ')).join(', ')";
    private static final String STATUS = "document.getElementById('status').textContent";

    @TempDir
    Path temp;

    @Test
    void lists_peers_and_files_downloads_one_and_takes_one() throws Exception {
        Optional<Path> program = Browser.find();
        assumeTrue(program.isPresent(), "no Chromium and no Chrome in the PATH of this machine");
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        Files.write(folder("two").resolve("film.mkv"), content);
        Files.writeString(folder("one").resolve("notes.txt"), "notes");

        try (RunningExample one = peer("one", "--rest", "0")) {
            String address = one.await("this peer is a bootstrap, at (\\S+)").group(1);
            String web = one.await("REST and web page at (\\S+)").group(1);
            try (RunningExample two = peer("<b>two</b>");
                    Browser browser = Browser.open(program.get(), folder("browser"), web)) {
                two.type("connect " + address);
                one.await("<b>two</b> is online");
                shows(browser, PEERS, "one, <b>two</b>");
                shows(browser, FILES, "film.mkv 300.0 kB <b>two</b> download, notes.txt 5 B one download");

                Path downloads = folder("downloads");
                browser.send(
                        "Browser.setDownloadBehavior",
                        Map.of("behavior", "allow", "downloadPath", downloads.toString()));
                browser.click("document.querySelector('#files a')");
                await().atMost(Browser.LIMIT).until(() -> Files.exists(downloads.resolve("film.mkv")));
                assertThat(downloads.resolve("film.mkv")).hasBinaryContent(content);

                takes(browser, Files.writeString(temp.resolve("song.txt"), "la"));
            }
        }
    }

    private void takes(Browser browser, Path song) throws Exception {
        browser.choose("#file", song);
        browser.click("document.querySelector('#upload button')");
        shows(
                browser,
                FILES,
                "film.mkv 300.0 kB <b>two</b>, one download, notes.txt 5 B one download, song.txt 2 B one download");
        assertThat(folder("one").resolve("song.txt")).hasContent("la");

        browser.choose("#file", song);
        browser.click("document.querySelector('#upload button')");
        shows(browser, STATUS, "there is a file song.txt already");
        String polls = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('api/peers')).length";
        int before = Integer.parseInt(browser.text(polls));
        await().atMost(Browser.LIMIT).until(() -> Integer.parseInt(browser.text(polls)) > before + 1);
        assertThat(browser.text(STATUS)).as("after other requests").isEqualTo("there is a file song.txt already");
    }

    private static void shows(Browser browser, String expression, String text) {
        await().atMost(Browser.LIMIT)
                .untilAsserted(() -> assertThat(browser.text(expression)).isEqualTo(text));
    }

    private RunningExample peer(String name, String... more) throws IOException {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "--name";
        arguments[1] = name;
        arguments[2] = "--shared";
        arguments[3] = folder(name.replaceAll("\\W|\\bb\\b", "")).toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return RunningExample.start(FileShare.class, name, arguments);
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name));
    }
}
