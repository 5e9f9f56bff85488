// SPDX-License-Identifier: GPL-2.0-only
// The forms of the record.
#include <gtest/gtest.h>

#include "report/json.h"
#include "report/report.h"

namespace mmuw {
namespace {

JudgeResult result() {
    JudgeResult r;
    r.witness = {{"spte"}, {{"fault", "no \"such\" function"}}, 100, 0};
    ScenarioResult good{.name = "good", .seconds = 1.5, .trials = 3, .hits = 2, .seed = 9};
    good.holds_won = 5;
    good.holds_timed_out = 1;
    good.rules.push_back({.rule = "durable", .checked = 4});
    ScenarioResult bad{.name = "bad",
                       .verdict = Verdict::fail,
                       .begin = 7.25,
                       .plant = "p",
                       .plant_hits = 5,
                       .why = "because"};
    bad.rules.push_back(
        {.rule = "tagged",
         .verdict = Verdict::fail,
         .checked = 2,
         .violations = 1,
         .end_to_end = 1,
         .first_trial = 3,
         .first_seconds = 0.125,
         .why = "page 0x1: PG_dirty",
         .windows = {{"page 0x1: PG_dirty", {"mark seq=1", "page_state seq=2"}, 1}}});
    r.scenarios = {good, bad};
    return r;
}

TEST(Report, VerdictJson) {
    const HostFacts host{"x86_64-amd", "x86_64", "6.12.1", "kvm_amd", true, 4096, 2,
                         "npt=1",      4096,     true,     "kvm",     "xfs"};
    EXPECT_EQ(verdict_json(result(), host, "mmuwitness 0.1"), R"({
  "schema": "mmuwitness-verdict/1",
  "tool": "mmuwitness 0.1",
  "verdict": "fail",
  "host": {
    "name": "x86_64-amd",
    "arch": "x86_64",
    "kernel": "6.12.1",
    "kvm": "kvm_amd",
    "emulated": true,
    "page_size": 4096,
    "cpus": 2,
    "parameters": "npt=1",
    "taint": 4096,
    "kmod": true,
    "mmu": "kvm",
    "filesystem": "xfs",
    "shard": "1/1"
  },
  "witness": {
    "attached": [
      "spte"
    ],
    "missing": [
      {
        "name": "fault",
        "why": "no \"such\" function"
      }
    ],
    "events": 100,
    "lost": 0
  },
  "scenarios": [
    {
      "name": "good",
      "verdict": "pass",
      "begin": 0.000,
      "seconds": 1.500,
      "trials": 3,
      "hits": 2,
      "holds_won": 5,
      "holds_timed_out": 1,
      "seed": 9,
      "plant": "",
      "plant_hits": 0,
      "why": "",
      "rules": [
        {
          "rule": "durable",
          "verdict": "pass",
          "checked": 4,
          "violations": 0,
          "end_to_end": 0,
          "tolerated": 0,
          "trials_failed": 0,
          "trials_tolerated": 0,
          "first_trial": 0,
          "first_seconds": 0.000,
          "why": ""
        }
      ]
    },
    {
      "name": "bad",
      "verdict": "fail",
      "begin": 7.250,
      "seconds": 0.000,
      "trials": 0,
      "hits": 0,
      "holds_won": 0,
      "holds_timed_out": 0,
      "seed": 0,
      "plant": "p",
      "plant_hits": 5,
      "why": "because",
      "rules": [
        {
          "rule": "tagged",
          "verdict": "fail",
          "checked": 2,
          "violations": 1,
          "end_to_end": 1,
          "tolerated": 0,
          "trials_failed": 0,
          "trials_tolerated": 0,
          "first_trial": 3,
          "first_seconds": 0.125,
          "why": "page 0x1: PG_dirty"
        }
      ]
    }
  ],
  "summary": {
    "pass": 1,
    "fail": 1,
    "skip": 0,
    "inconclusive": 0,
    "xfail": 0
  }
}
)");
}

TEST(Report, JsonEscapes) {
    Json j;
    j.open('{').member("a\"\\\n", "\x01\xe9").close('}');
    EXPECT_EQ(j.text(), "{\n  \"a\\\"\\\\\\u000a\": \"\\u0001\\u00e9\"\n}\n");
}

TEST(Report, Ktap) {
    EXPECT_EQ(ktap(result()), R"(KTAP version 1
1..2
    KTAP version 1
    # Subtest: good
    1..1
    ok 1 durable
ok 1 good
    KTAP version 1
    # Subtest: bad
    1..1
    #   mark seq=1
    # > page_state seq=2
    # tagged: fail: page 0x1: PG_dirty
    not ok 1 tagged
# bad: fail: because
not ok 2 bad
# pass:1 fail:1 skip:0 inconclusive:0 xfail:0
)");
}

TEST(Report, TableShowsTheWindow) {
    const std::string t = table(result(), false);
    EXPECT_NE(t.find("> page_state seq=2"), t.npos) << t;
    EXPECT_EQ(t.find('\033'), t.npos);
    EXPECT_NE(table(result(), true).find('\033'), t.npos);
}

TEST(Report, ExitStatus) {
    const auto status = [](const std::vector<Verdict>& verdicts) {
        JudgeResult r;
        for (const Verdict v : verdicts) r.scenarios.push_back({.name = "s", .verdict = v});
        return exit_status(r);
    };
    using enum Verdict;
    EXPECT_EQ(status({pass, pass}), 0);
    EXPECT_EQ(status({pass, skip}), 0);
    EXPECT_EQ(status({pass, xfail}), 0);
    EXPECT_EQ(status({xfail}), 0);
    EXPECT_EQ(status({xfail, fail}), 1);
    EXPECT_EQ(status({skip}), 4);
    EXPECT_EQ(status({}), 4);
    EXPECT_EQ(status({pass, inconclusive}), 1);
    EXPECT_EQ(status({pass, fail}), 1);
}

TEST(Report, HostFactsTravelAsNotes) {
    const HostFacts host{"x86_64-amd", "x86_64", "6.12.1", "kvm_amd npt", true,   4096, 2,
                         "a=1 b",      0,        true,     "kvm",         "btrfs"};
    JudgeResult r;
    for (const note::Host& fact : host.notes()) r.host[fact.key] = fact.value;
    EXPECT_EQ(host_facts(r).notes(), host.notes());
}

}  // namespace
}  // namespace mmuw
