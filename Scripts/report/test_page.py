"""The page in a real browser, from file:// and without a network. BROWSER_PATH names the browser."""

from __future__ import annotations

import re
import unittest
from pathlib import Path
from typing import Any

from browser import BrowserTests
from synthetic import synthetic, unfinished

CHARTS = ("accuracy", "mixed", "speedup", "calibration", "belief")


class PageTests(BrowserTests):
    """A finished arena: 3 regimes of 4 methods and 2,000 prompts."""

    report = synthetic()

    def regime(self, index: int = 0) -> dict[str, Any]:
        """Returns what report.json says of a regime."""
        return self.report["regimes"][index]

    def test_every_regime_draws_every_chart(self) -> None:
        """As many lines as methods, and the regime's own facts."""
        for regime in self.report["regimes"]:
            self.choose("Regime", regime["name"])
            self.assertEqual(self.page.inner_text("#regime-title"), regime["name"])
            self.assertIn(f"{regime['budget']:,}", self.page.inner_text("#regime-facts"))
            for chart in CHARTS:
                points = self.page.locator(f"#{chart} .scatterlayer .points path, #{chart} .js-line")
                self.assertGreater(points.count(), 0, f"{chart} of {regime['name']}")
            drawn = self.page.evaluate(
                "() => document.getElementById('accuracy').data.filter(t => t.customdata)"
            )
            self.assertEqual([line["name"] for line in drawn], [m["name"] for m in regime["methods"]])
            self.assertEqual(drawn[1]["y"], regime["methods"][1]["accuracy"]["mean"])

    def test_the_speed_up_table_says_what_the_file_says(self) -> None:
        """Estimate, interval, verdict, rollouts: every regime, target and method."""
        for regime in self.report["regimes"]:
            self.choose("Regime", regime["name"])
            for target in regime["targets"]:
                self.choose("Target", f"{100 * target['fraction']:g} % · {target['accuracy']:.3f}")
                rows = {row["method"]: row for row in self.rows("speedup-table")}
                self.assertEqual(list(rows), [m["name"] for m in regime["methods"]])
                for method in regime["methods"]:
                    entry = next(t for t in method["toTarget"] if t["fraction"] == target["fraction"])
                    self.check_speedup(rows[method["name"]], method["name"], entry)

    def check_speedup(self, row: dict[str, str], name: str, entry: dict[str, Any]) -> None:
        """Compares one row with the file."""
        speedup = entry["speedup"]
        if not entry["reached"]:
            self.assertEqual((row["speedup"].strip(), row["rollouts"]), ("–", "–"))
            self.assertIn("not reached", row["verdict"])
            return
        self.assertEqual([float(x) for x in re.findall(r"[\d.]+", row["speedup"])],
                         [round(speedup[k], 2) for k in ("estimate", "low", "high")])  # fmt: skip
        self.assertEqual(row["rollouts"], f"{entry['rollouts']:,.0f}")
        if name == "random":
            self.assertEqual(row["verdict"], "baseline")
        elif speedup["low"] > 1:
            self.assertIn("faster", row["verdict"])
        elif speedup["high"] < 1:
            self.assertIn("slower", row["verdict"])
        else:
            self.assertIn("interval holds 1", row["verdict"])

    def test_another_reference_has_its_own_targets_and_speed_ups(self) -> None:
        """The heading, the targets, the verdicts and the figures follow the choice."""
        self.choose("Reference", "dynamic-sampling")
        self.assertEqual(self.page.inner_text("#speedup-title"), "Speed-up over dynamic-sampling")
        rows = {row["method"]: row for row in self.rows("speedup-table")}
        self.assertEqual(rows["dynamic-sampling"]["verdict"], "baseline")
        for method in self.regime()["methods"]:
            entry = method["against"][0]["toTarget"][-1]
            row = rows[method["name"]]
            if entry["reached"]:
                shown = [float(x) for x in re.findall(r"[\d.]+", row["secondsRatio"])]
                ratio = entry["secondsRatio"]
                self.assertEqual(shown, [round(ratio[k], 2) for k in ("estimate", "low", "high")])
                shown = [float(x) for x in re.findall(r"[\d.]+", row["speedup"])]
                self.assertEqual(shown[0], round(entry["speedup"]["estimate"], 2))
            target = f"100 % · {entry['accuracy']:.3f}"
            self.assertIn(target, self.page.inner_text("#targets"))
        self.choose("Reference", "random")
        self.assertEqual(self.page.inner_text("#speedup-title"), "Speed-up over random")

    def test_the_cells_and_the_claims_are_in_tables(self) -> None:
        """K, M and rate of each method; the reference's best cells; each test with its p."""
        rows = {row["method"]: row for row in self.rows("figures-table")}
        self.assertEqual(
            (rows["insight"]["rolloutsPerPrompt"], rows["insight"]["promptsPerStep"]), ("4", "64")
        )
        cells = self.rows("cells-table")
        self.assertEqual([row["isBest"] for row in cells], ["", "best here"])
        tests = self.rows("claims-table")
        self.assertEqual(len(tests), 4)
        self.assertEqual((tests[0]["p"], tests[0]["holm"]), ("0.0125", "0.0500"))
        self.assertEqual((tests[3]["regime"], tests[3]["p"]), ("mean of all", "–"))

    def test_the_mean_over_all_regimes_is_beside_each_method(self) -> None:
        """For the target chosen, the last at first."""
        rows = {row["method"]: row["overall"] for row in self.rows("speedup-table")}
        for entry in self.report["overall"]:
            if entry["fraction"] == 1:
                shown = [float(x) for x in re.findall(r"[\d.]+", rows[entry["name"]])]
                self.assertEqual(shown, [round(value, 2) for value in entry["speedup"].values()])

    def test_curves_can_be_read_against_steps_and_seconds(self) -> None:
        """Seconds as the file has them, steps as the history has them."""
        method = self.regime()["methods"][3]
        points = "() => document.getElementById('accuracy').data.find(t => t.name === 'dynamic-sampling').x"
        self.page.select_option("#axis", "seconds")
        self.assertEqual(self.page.evaluate(points), method["accuracy"]["seconds"])
        self.page.select_option("#axis", "steps")
        steps = self.page.evaluate(points)
        exact = [0, *(method["mixed"]["rollouts"].index(r) + 1 for r in method["accuracy"]["rollouts"][1:])]
        for shown, expected in zip(steps, exact, strict=True):
            self.assertAlmostEqual(shown, expected, delta=12)
        plain = self.page.evaluate(points.replace("dynamic-sampling", "random"))
        self.assertEqual([round(x, 9) for x in plain], [0, *range(10, 201, 10)])

    def test_the_verdicts_of_this_arena_are_of_every_kind_that_matters(self) -> None:
        """Otherwise the test above has compared nothing."""
        said = []
        for regime in self.report["regimes"]:
            self.choose("Regime", regime["name"])
            said += [row["verdict"][:1] for row in self.rows("speedup-table")]
        self.assertLessEqual({"▲", "○", "✕"}, set(said))

    def test_a_title_sorts_by_its_column_and_back_also_by_keyboard(self) -> None:
        """Values, not texts, decide."""
        methods = self.regime()["methods"]
        rising = [m["name"] for m in sorted(methods, key=lambda m: m["finalDifference"]["estimate"])]
        header = self.page.locator("#figures-table th[data-column=finalDifference]")
        header.get_by_role("button").click()
        self.assertEqual([row["method"] for row in self.rows("figures-table")], rising[::-1])
        self.assertEqual(header.get_attribute("aria-sort"), "descending")
        self.page.keyboard.press("Enter")
        self.assertEqual([row["method"] for row in self.rows("figures-table")], rising)
        self.assertEqual(header.get_attribute("aria-sort"), "ascending")

    def test_every_figure_of_the_file_is_in_the_table(self) -> None:
        """Estimates with intervals."""
        for row, method in zip(self.rows("figures-table"), self.regime()["methods"], strict=True):
            for key in (
                "finalAccuracy",
                "areaUnderCurve",
                "mixedShare",
                "brier",
                "rankCorrelation",
                "poolBrier",
                "starvedShare",
            ):
                shown = [float(x.replace("−", "-")) for x in re.findall(r"[−\d.]+", row[key])]
                self.assertEqual(shown, [round(method[key][k], 3) for k in ("estimate", "low", "high")], key)
            self.assertEqual(row["starvedSuccessRate"], f"{method['starvedSuccessRate']:.3f}")

    def test_a_click_leads_from_a_trend_to_its_step_to_a_prompt_and_its_history(self) -> None:
        """The whole way, by mouse."""
        for chart, curve, position in (("accuracy", "accuracy", 7), ("mixed", "mixed", 119)):
            for name in ("insight", "dynamic-sampling"):
                method = next(m for m in self.regime()["methods"] if m["name"] == name)
                self.show_only(name)
                self.click_point(chart, name, position)
                # The curves of dynamic sampling run over all rollouts, its history over the groups it kept.
                rollouts = method[curve]["rollouts"][position]
                step = method["mixed"]["rollouts"].index(rollouts) + 1
                shown = int(self.page.input_value("#picked-step"))
                self.assertAlmostEqual(shown, step, delta=0 if name == "insight" else 12)
                self.assertEqual(self.page.input_value("#picked-method"), name)
                picked = {
                    p["id"]: (p, v)
                    for p in method["history"]["prompts"]
                    for v in p["visits"]
                    if v[0] == shown
                }
                rows = self.rows("picked-table")
                self.assertEqual({row["prompt"] for row in rows}, set(picked))
                prompt, visit = picked[rows[5]["prompt"]]
                self.assertEqual(rows[5]["outcomes"], f"{visit[1]} of {visit[2]}")
                self.page.get_by_role("button", name=prompt["id"], exact=True).click()
                self.check_history(prompt)

    def show_only(self, name: str) -> None:
        """Hides every other method, so that a click cannot mean one of them."""
        for box in self.page.get_by_role("group", name="Methods shown").get_by_role("checkbox").all():
            box.set_checked(box.input_value() == name)

    def check_history(self, prompt: dict[str, Any]) -> None:
        """Compares what is shown of a prompt with the file."""
        self.assertEqual(self.page.inner_text("#prompt-title"), f"Prompt {prompt['id']}")
        self.assertIn(f"{prompt['finalRate']:.3f}", self.page.inner_text("#prompt-facts"))
        traces = self.page.evaluate("() => document.getElementById('history').data")
        believed, outcomes = traces[1], traces[2]
        self.assertEqual(outcomes["x"], [v[0] for v in prompt["visits"]])
        self.assertEqual(outcomes["y"], [v[1] / v[2] for v in prompt["visits"]])
        for shown, (_, _, _, alpha, beta, *_) in zip(believed["y"], prompt["visits"], strict=True):
            self.assertAlmostEqual(shown, alpha / (alpha + beta), places=12)
        self.assertGreater(self.page.locator("#history .points path").count(), 0)

    def test_a_click_on_the_belief_map_lists_the_groups_of_that_belief(self) -> None:
        """The largest mark comes first."""
        self.click_point("belief", "", 0)
        visits = [v for p in self.regime()["methods"][1]["history"]["prompts"] for v in p["visits"]]
        note = self.page.inner_text("#picked-note")
        alpha, beta = (float(x) for x in re.findall(r"[\d.]+", note.split("Beta")[1])[:2])
        groups = sum(v[3] == alpha and v[4] == beta for v in visits)
        self.assertIn(f"{groups:,} groups", note)
        self.assertEqual(len(self.rows("picked-table")), min(groups, 300))

    def test_the_sliders_narrow_the_belief_map_to_their_steps(self) -> None:
        """By keyboard: End and Home move a slider to its ends."""
        self.page.focus("#to-step")
        self.page.keyboard.press("Home")
        self.page.wait_for_function("() => byId('step-range').textContent === 'steps 1 to 1'")
        trace = self.page.evaluate("() => document.getElementById('belief').data[0]")
        self.assertEqual((trace["x"], trace["y"]), ([2], [0.5]))
        self.page.keyboard.press("End")
        self.page.wait_for_function("() => byId('step-range').textContent === 'steps 1 to 200'")
        self.assertGreater(len(self.page.evaluate("() => document.getElementById('belief').data[0].x")), 20)

    def test_a_prompt_is_found_by_its_id(self) -> None:
        """The box beside the step."""
        visited = [p["id"] for p in self.regime()["methods"][1]["history"]["prompts"] if p["visits"]]
        self.page.fill("#picked-search", "p199")
        expected = {name for name in visited if "p199" in name}
        self.assertEqual({row["prompt"] for row in self.rows("picked-table")}, expected)

    def test_the_regime_is_chosen_by_keyboard(self) -> None:
        """Arrow keys, as in every group of radio buttons."""
        self.page.get_by_role("group", name="Regime").get_by_label(self.regime(0)["name"]).focus()
        self.page.keyboard.press("ArrowRight")
        self.assertEqual(self.page.inner_text("#regime-title"), self.regime(1)["name"])

    def test_a_method_keeps_its_colour_everywhere_and_can_be_hidden(self) -> None:
        """Lines, marks, bands and the swatches of tables."""
        colours = self.page.evaluate(
            """() => [...["accuracy", "mixed"].map(id => document.getElementById(id).data
                .find(t => t.name === "insight").line.color),
              document.getElementById("calibration").data.find(t => t.name === "insight").line.color,
              document.getElementById("speedup").data.find(t => t.y[0] === "insight").marker.color]"""
        )
        self.assertEqual(set(colours), {"#0072b2"})
        self.choose("Methods shown", "insight")
        names = self.page.evaluate("() => document.getElementById('accuracy').data.map(t => t.name)")
        self.assertNotIn("insight", names)
        self.assertIn("mopps", names)

    def test_every_control_and_chart_has_a_name(self) -> None:
        """For readers that do not see the page."""
        unnamed = self.page.evaluate(
            """() => [...document.querySelectorAll("input, select")].filter(e => !e.labels || !e.labels.length
                || !e.labels[0].innerText.trim()).map(e => e.outerHTML)"""
        )
        self.assertEqual(unnamed, [])
        for chart in (*CHARTS, "history"):
            self.assertEqual(self.page.get_attribute(f"#{chart}", "role"), "group")
            self.assertTrue(self.page.get_attribute(f"#{chart}", "aria-label"))
        levels = self.page.eval_on_selector_all("h1, h2", "all => all.map(h => h.tagName)")
        self.assertEqual(levels[0], "H1")
        self.assertEqual(levels.count("H1"), 1)

    def test_it_fits_a_narrow_window_and_follows_the_dark_scheme(self) -> None:
        """No sideways scrolling of the page; only tables scroll within themselves."""
        context = self.browser.new_context(
            offline=True, viewport={"width": 390, "height": 800}, color_scheme="dark"
        )
        self.addCleanup(context.close)
        narrow = self.open(context.new_page())
        width = narrow.evaluate("() => document.documentElement.scrollWidth")
        self.assertLessEqual(width, 390)
        light = self.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        self.assertNotEqual(narrow.evaluate("() => getComputedStyle(document.body).backgroundColor"), light)
        colour = "() => document.getElementById('accuracy').data.find(t => t.name === 'insight').line.color"
        self.assertEqual(narrow.evaluate(colour), "#4fa3e0")
        narrow.emulate_media(color_scheme="light")
        narrow.wait_for_function(f"({colour})() === '#0072b2'")

    def test_a_chart_is_saved_as_svg(self) -> None:
        """The button of the chart's bar."""
        self.page.hover("#accuracy")
        with self.page.expect_download() as download:
            self.page.locator("#accuracy [data-title='Download plot']").click()
        self.assertTrue(download.value.suggested_filename.endswith(".svg"))
        self.assertTrue(Path(download.value.path()).read_text(encoding="utf-8").startswith("<svg"))

    def test_the_interval_of_a_belief_is_the_quantiles_of_its_beta_distribution(self) -> None:
        """Closed forms, and binomial sums in 60-digit arithmetic."""
        for p, alpha, beta, expected in [
            (0.025, 1, 1, 0.025),
            (0.975, 1, 9, 1 - 0.025 ** (1 / 9)),
            (0.5, 400, 400, 0.5),
            (0.025, 0.5, 0.5, 0.0015413331334360181),
            (0.975, 4, 6, 0.7007049437914596),
            (0.025, 300, 7, 0.9578126860296546),
        ]:
            found = self.page.evaluate("([p, a, b]) => betaQuantile(p, a, b)", [p, alpha, beta])
            self.assertAlmostEqual(found, expected, delta=2e-7, msg=f"{p} of Beta({alpha}, {beta})")


class UnfinishedPageTests(BrowserTests):
    """An arena that is still running."""

    report = unfinished()

    def test_what_is_missing_is_said_and_the_rest_is_drawn(self) -> None:
        """A method without seeds, one without targets, a regime with one method, one with none."""
        verdicts = {row["method"]: row["verdict"] for row in self.rows("speedup-table")}
        self.assertEqual(verdicts["insight"], "not measured yet")
        self.assertEqual(verdicts["mopps"], "not measured yet")
        self.assertEqual(self.rows("figures-table")[2]["finalAccuracy"].strip(), "–")
        self.assertIn("[0.00, 1.00]", self.rows("speedup-table")[3]["speedup"])
        low, high = self.page.evaluate("() => document.getElementById('speedup')._fullLayout.xaxis.range")
        self.assertTrue(-2 < low < high < 1)
        self.click_point("accuracy", "insight", 1)
        self.assertIn("kept no history", self.page.inner_text("#picked-note"))
        second, third = (regime["name"] for regime in self.report["regimes"][1:])
        self.choose("Regime", second)
        self.assertGreater(self.page.locator("#accuracy .points path").count(), 0)
        self.assertFalse(self.page.is_visible("#targets"))
        self.choose("Regime", third)
        self.assertIn("No method", self.page.inner_text("#accuracy"))
        self.choose("Regime", second)
        self.click_point("accuracy", "random", 2)
        self.assertEqual(self.page.input_value("#picked-step"), "20")


HOSTILE = "</script><img src=x onerror=alert(1)>'\"`${alert(1)}\u202egnp.exe\u2066\n<b>bold</b>"
SHOWN = "</script><img src=x onerror=alert(1)>'\"`${alert(1)}\\u202egnp.exe\\u2066\\u000a<b>bold</b>"


def hostile() -> dict[str, Any]:
    """Returns a report whose every name is an attempt to be more than a name."""
    report = synthetic(methods=2, prompts=60, steps=20, per_step=8)
    report["title"] = report["note"] = report["command"] = HOSTILE
    for regime in report["regimes"]:
        regime["summary"] = HOSTILE
    first = report["regimes"][0]
    first["name"] = HOSTILE
    first["methods"][1]["name"] = HOSTILE
    for prompt in first["methods"][1]["history"]["prompts"]:
        prompt["id"] = f"{HOSTILE}{prompt['id']}"
        prompt["domain"] = HOSTILE
    return report


class HostilePageTests(BrowserTests):
    """Text from data that would be markup, script, or unreadable."""

    report = hostile()

    def test_names_are_text_wherever_they_are_shown(self) -> None:
        """Headings, tables, a prompt's own part; the base class sees requests, errors and warnings."""
        dialogs: list[str] = []
        self.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        self.assertEqual(self.page.inner_text("#regime-title"), SHOWN)
        self.assertEqual(self.page.inner_text("#note"), SHOWN)
        self.assertEqual(self.rows("speedup-table")[1]["method"], SHOWN)
        self.page.select_option("#picked-method", SHOWN)
        row = self.rows("picked-table")[0]
        self.assertTrue(row["prompt"].startswith(SHOWN))
        self.page.get_by_role("button", name=row["prompt"], exact=True).click()
        self.assertEqual(self.page.inner_text("#prompt-title"), f"Prompt {row['prompt']}")
        self.assertEqual(self.page.locator("main img, main b").count(), 0)
        self.assertEqual(dialogs, [])


if __name__ == "__main__":
    unittest.main()
