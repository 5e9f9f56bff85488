// SPDX-License-Identifier: GPL-2.0-only
// The kill table: what counts as killed, by whom, and what never may.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "judge/rule.h"
#include "report/report.h"
#include "selftest/kill_report.h"
#include "support/temp_dir.h"

namespace mmuw {
namespace {

const PlantCase kCase{.plant = "p", .filter = "S.*", .rules = {"durable"}};

RuleResult failed(const std::string& rule, std::uint64_t end_to_end) {
    return {.rule = rule,
            .verdict = Verdict::fail,
            .checked = 9,
            .violations = 2,
            .end_to_end = end_to_end,
            .first_trial = 3,
            .first_seconds = 0.5,
            .why = rule + " broken"};
}

ScenarioResult scenario(std::vector<RuleResult> rules, std::uint64_t hits = 4) {
    ScenarioResult s{.name = "S.a", .begin = 100, .trials = 5, .plant = "p", .plant_hits = hits};
    s.rules = std::move(rules);
    for (const RuleResult& r : s.rules) s.verdict = worst(s.verdict, r.verdict);
    if (s.verdict != Verdict::pass) s.why = "because";
    return s;
}

// By way of the file, as in a run.
PlantRun run_of(std::vector<ScenarioResult> scenarios) {
    const TempDir dir;
    const std::string file = dir / "verdict.json";
    JudgeResult result;
    result.scenarios = std::move(scenarios);
    EXPECT_TRUE(write_file(file, verdict_json(result, {}, "test")));
    return {.started = 99, .ended = 105, .record = read_record(file)};
}

Kill judged(const PlantCase& plant, std::vector<PlantRun> runs, const Control& control = {}) {
    return judge_plant(plant, runs, control);
}

TEST(Kill, ByTheRuleThatShould) {
    const Kill k = judged(kCase, {run_of({scenario({{.rule = "durable", .checked = 1}}),
                                          scenario({failed("durable", 2), failed("tagged", 0)})})});
    EXPECT_EQ(k.outcome, Outcome::killed) << k.why;
    EXPECT_EQ(k.hits, 8u);
    EXPECT_EQ(k.trials, 8u);  // five of the first scenario
    EXPECT_DOUBLE_EQ(k.seconds, 1.5);
    EXPECT_EQ(k.why, "durable broken");
    ASSERT_EQ(k.rules.size(), 2u);
    EXPECT_TRUE(k.rules[0].expected && k.rules[0].end_to_end && !k.rules[0].trace);
    EXPECT_EQ(k.rules[1].rule, "tagged");
    EXPECT_TRUE(!k.rules[1].expected && k.rules[1].trace && !k.rules[1].end_to_end);
}

TEST(Kill, FoundBothWays) {
    const Kill k = judged(kCase, {run_of({scenario({failed("durable", 1)})})});
    EXPECT_TRUE(k.rules.at(0).end_to_end && k.rules.at(0).trace);
}

TEST(Kill, NotByAnotherRule) {
    const Kill k = judged(
        kCase, {run_of({scenario({{.rule = "durable", .checked = 1}, failed("tagged", 0)})})});
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.why, "durable did not notice (but tagged failed)");
}

TEST(Kill, NotWithoutAHit) {
    const Kill k = judged(kCase, {run_of({scenario({failed("durable", 2)}, 0)})});
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.why, "never hit");
    EXPECT_TRUE(k.rules.empty());
}

TEST(Kill, NotOnDoubtfulEvidence) {
    const Kill k = judged(kCase, {run_of({scenario({{.rule = "durable",
                                                     .verdict = Verdict::inconclusive,
                                                     .violations = 1,
                                                     .why = "3 events lost"}})})});
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.why, "durable is not certain: 3 events lost");
}

TEST(Kill, EveryExpectedRuleInEveryRun) {
    const PlantCase both{.plant = "p", .filter = "S.*", .rules = {"durable", "tagged"}};
    const PlantRun one = run_of({scenario({failed("durable", 2)})});
    const PlantRun two = run_of({scenario({failed("durable", 2), failed("tagged", 2)})});
    EXPECT_EQ(judged(both, {two}).outcome, Outcome::killed);
    const Kill k = judged(both, {two, one, two});
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.kills, 2u);
    EXPECT_EQ(k.runs, 3u);
    EXPECT_EQ(k.why, "tagged had nothing to check (but durable failed)");
}

TEST(Kill, NotIfTheControlFailsToo) {
    const std::vector<PlantRun> runs = {run_of({scenario({failed("durable", 2)})})};
    const Control control = judge_control("S.*", runs);
    EXPECT_FALSE(control.clean);
    EXPECT_EQ(control.why, "durable: durable broken");
    const Kill k = judge_plant(kCase, runs, control);
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.kills, 0u);
}

TEST(Kill, NoRecordIsNoKill) {
    const Kill k =
        judged(kCase, {{.started = 1, .ended = 61, .record = error("no end after 60 s")}});
    EXPECT_EQ(k.outcome, Outcome::survived);
    EXPECT_EQ(k.why, "no end after 60 s");
    EXPECT_DOUBLE_EQ(k.seconds, 60);
    EXPECT_FALSE(judge_control("S.*", std::vector<PlantRun>{{.record = error("crash")}}).clean);
}

TEST(Kill, SkippedWhereNobodyCanJudge) {
    const auto skipped_by = [](const std::vector<ScenarioResult>& scenarios) {
        const std::vector control = {run_of(scenarios)};
        const PlantRun run = run_of({scenario({}, 0)});
        return judged(kCase, {run}, judge_control("S.*", control));
    };
    const Kill rule = skipped_by(
        {scenario({{.rule = "durable", .verdict = Verdict::skip, .why = "hook spte missing"}})});
    EXPECT_EQ(rule.outcome, Outcome::skip);
    EXPECT_EQ(rule.why, "durable: hook spte missing");
    const Kill whole =
        skipped_by({{.name = "S.b", .verdict = Verdict::skip, .why = "no dirty ring"}});
    EXPECT_EQ(whole.outcome, Outcome::skip);
    EXPECT_EQ(whole.why, "durable: no dirty ring");
    // Judged in one of two scenarios is judged.
    const Kill half = skipped_by({{.name = "S.b", .verdict = Verdict::skip, .why = "no dirty ring"},
                                  scenario({{.rule = "durable", .checked = 1}}, 0)});
    EXPECT_EQ(half.outcome, Outcome::survived);
    EXPECT_EQ(half.why, "never hit");
}

TEST(Kill, ControlIsCleanOnlyWithoutViolations) {
    const PlantRun pass = run_of({scenario({{.rule = "durable", .checked = 1}}, 0)});
    EXPECT_TRUE(judge_control("S.*", std::vector{pass}).clean);
    const PlantRun doubt = run_of(
        {scenario({{.rule = "durable", .verdict = Verdict::inconclusive, .why = "lost"}}, 0)});
    const Control c = judge_control("S.*", std::vector{pass, doubt});
    EXPECT_FALSE(c.clean);
    EXPECT_EQ(c.runs, 2u);
    const PlantRun known = run_of({scenario(
        {{.rule = "durable", .verdict = Verdict::xfail, .violations = 3, .why = "known bug"}}, 0)});
    const Control with_bug = judge_control("S.*", std::vector{known});
    EXPECT_TRUE(with_bug.clean);
    EXPECT_EQ(with_bug.known_bug, "known bug");
}

TEST(Kill, RecordThatIsNoneIsNamed) {
    const TempDir dir;
    const std::string file = dir / "verdict.json";
    EXPECT_FALSE(read_record(file));
    std::ofstream(file) << R"({"schema": "mmuwitness-verdict/1", "summary": {)";
    const auto record = read_record(file);
    ASSERT_FALSE(record);
    EXPECT_NE(record.error().find(file), std::string::npos);
}

TEST(KillReport, Json) {
    const Kill k = judged(kCase, {run_of({scenario({failed("durable", 2), failed("tagged", 0)})})});
    const Kill skip = not_run("q", Outcome::skip, "no \"place\"");
    EXPECT_EQ(kill_json(std::vector{k, skip}), R"([
  {
    "plant": "p",
    "outcome": "killed",
    "hits": 4,
    "killed": true,
    "runs": 1,
    "kills": 1,
    "by": [
      "durable"
    ],
    "how": [
      "end to end"
    ],
    "trials": 3,
    "seconds": 1.500,
    "why": "durable broken",
    "rules": [
      {
        "rule": "durable",
        "expected": true,
        "kills": 1,
        "how": [
          "end to end"
        ],
        "trials": 3,
        "seconds": 1.500
      },
      {
        "rule": "tagged",
        "expected": false,
        "kills": 1,
        "how": [
          "trace"
        ],
        "trials": 3,
        "seconds": 1.500
      }
    ]
  },
  {
    "plant": "q",
    "outcome": "skip",
    "hits": 0,
    "killed": false,
    "runs": 0,
    "kills": 0,
    "by": [],
    "how": [],
    "trials": 0,
    "seconds": 0.000,
    "why": "no \"place\"",
    "rules": []
  }
]
)");
    EXPECT_EQ(kill_json({}), "[]\n");
}

TEST(KillReport, SurvivorsStandOut) {
    const std::vector kills = {not_run("quiet", Outcome::survived, "never hit")};
    const std::vector controls = {Control{.filter = "S.*", .clean = false, .why = "durable: x"}};
    const std::string t = kill_table(kills, controls, false);
    EXPECT_NE(t.find("quiet     SURVIVED: never hit"), t.npos) << t;
    EXPECT_NE(t.find("not clean without a plant, S.*: durable: x"), t.npos) << t;
    EXPECT_NE(kill_table(kills, controls, true).find("\033[31m"), t.npos);
}

TEST(KillReport, Status) {
    const Kill killed = not_run("p", Outcome::killed, "");
    const Kill survived = not_run("p", Outcome::survived, "");
    const Kill skip = not_run("p", Outcome::skip, "");
    const Control clean;
    const Control dirty{.clean = false};
    EXPECT_EQ(kill_status(std::vector{killed, skip}, std::vector{clean}), 0);
    EXPECT_EQ(kill_status(std::vector{killed, survived}, std::vector{clean}), 1);
    EXPECT_EQ(kill_status(std::vector{killed}, std::vector{clean, dirty}), 1);
    EXPECT_EQ(kill_status(std::vector{skip}, std::vector{clean}), 4);
}

TEST(PlantTable, NamesRulesThatExist) {
    std::set<std::string_view> plants;
    for (const PlantCase& c : plant_cases()) {
        EXPECT_TRUE(plants.insert(c.plant).second) << c.plant << " twice";
        EXPECT_FALSE(c.rules.empty()) << c.plant;
        for (const std::string_view rule : c.rules) {
            EXPECT_TRUE(find_rule(rule)) << c.plant << ": " << rule;
            EXPECT_NE(explain(rule).find('`' + std::string(c.plant) + '`'), std::string_view::npos)
                << "docs/rules/" << rule << ".md does not name " << c.plant;
        }
    }
}

TEST(PlantTable, FewHasEveryRule) {
    const auto few = one_plant_per_rule(plant_cases());
    std::set<std::string_view> all, noticed;
    for (const PlantCase& c : plant_cases()) {
        all.insert(c.rules.begin(), c.rules.end());
        if (std::ranges::contains(few, c.plant)) noticed.insert(c.rules.begin(), c.rules.end());
    }
    EXPECT_EQ(all, noticed);
    EXPECT_LT(few.size(), plant_cases().size());
}

TEST(PlantTable, PlantThatTheModuleLacksIsAnError) {
    const std::vector<PlantCase> cases = {kCase};
    EXPECT_TRUE(unknown_to_module(cases, "m", std::vector<std::string>{"o", "p"}).empty());
    EXPECT_EQ(unknown_to_module(cases, "m", std::vector<std::string>{"o"}),
              std::vector<std::string>{"p"});
}

}  // namespace
}  // namespace mmuw
