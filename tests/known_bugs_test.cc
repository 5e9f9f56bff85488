// SPDX-License-Identifier: GPL-2.0-only
// A known bug is an expected failure on the releases that have it, and nowhere else.
#include <gtest/gtest.h>

#include <sstream>

#include "judge/judge.h"
#include "judge/known_bugs.h"
#include "report/report.h"
#include "trace/text.h"

namespace mmuw {
namespace {

constexpr std::string_view kRule = "prefault-keeps-young";
constexpr std::string_view kScenario = "Prefault.KeepsAccessedBits";

const KnownBug* known(std::string_view rule, const char* scenario, std::string_view release,
                      std::string_view machine = "x86_64", const char* disturber = nullptr) {
    ScenarioResult s;
    s.name = scenario;
    if (disturber) s.disturbances.push_back({.name = disturber});
    return known_bug(rule, s, {release, machine});
}

TEST(KnownBugs, AreOfARuleAScenarioAndReleases) {
    const char* const name = "Prefault.KeepsAccessedBits";
    EXPECT_NE(known(kRule, name, "6.12.107+deb13-amd64"), nullptr);
    EXPECT_NE(known(kRule, name, "6.11.0"), nullptr);
    for (const char* release : {"6.13.0", "6.13-rc1", "7.2.12+deb13-amd64", "7.0", "6.10.9",
                                "6.1.0", "5.12.1", "", "linux", "6", "6."})
        EXPECT_EQ(known(kRule, name, release), nullptr) << release;
    EXPECT_EQ(known(kRule, "Aging.AccessesAreSeen", "6.12.1"), nullptr);
    EXPECT_EQ(known("young", name, "6.12.1"), nullptr);
}

TEST(KnownBugs, AreOfAMachineAndADisturber) {
    EXPECT_NE(known("dirty-in-time", "Turns.A", "6.12.1", "aarch64"), nullptr);
    EXPECT_EQ(known("dirty-in-time", "Turns.A", "6.12.1", "x86_64"), nullptr);
    const char* const ring = "Turns.EveryWriteIsLoggedAndNothingElse/ring";
    EXPECT_NE(known("log-complete", ring, "7.2.12", "aarch64", "signals"), nullptr);
    EXPECT_EQ(known("log-complete", ring, "7.2.12", "aarch64", "ksm"), nullptr);
    EXPECT_EQ(known("log-complete", ring, "7.2.12"), nullptr);
    EXPECT_EQ(known("log-complete", ring, "6.12.1", "x86_64", "signals"), nullptr);
    EXPECT_NE(known("log-complete", "RingReset.A", "7.2.12"), nullptr);
    EXPECT_EQ(known("log-complete", "RingReset.A", "6.12.1"), nullptr);
    EXPECT_NE(known("prefault-ends", "Prefault.EndsA", "7.2.12"), nullptr);
    EXPECT_EQ(known("prefault-ends", "Prefault.KeepsA", "7.2.12"), nullptr);
    EXPECT_NE(known("prefault-ends", "Prefault.KeepsA", "7.2.12", "x86_64", "memslots"), nullptr);
    EXPECT_EQ(known("log-complete", "Turns.A/bitmap", "7.2.12", "x86_64", "signals"), nullptr);
}

JudgeResult prefault(const std::string& release, bool broken, const std::string& plant = "-") {
    std::istringstream in(std::format(
        "note kind=HOST text=\"kernel {}\"\n"
        "note kind=SCENARIO_BEGIN text=\"{} seed=1 plant={}\"\n"
        "note kind=RULE text=\"{}\"\n"
        "note kind=HOOK text=\"spte attached\"\n"
        "note kind=HOOK text=\"prefault attached\"\n"
        "note kind=HOOK text=\"pfn_lookup attached\"\n"
        "mark kind=MEMSLOT vm=1 slot=1 gfn=0x100 pages=4 hva=0x7f00000000\n"
        "spte vm=1 pid=2 gfn=0x101 level=1 bits_new=PWDAL new_spte=0x123456867\n"
        "plant name=\"a-plant\" vm=1\n"
        "prefault vm=1 pid=1 phase=BEGIN gfn=0x101\n{}"
        "prefault vm=1 pid=1 phase=END gfn=0x101\n"
        "note kind=SCENARIO_END text=\"trials=1 hits=1 status=done\"\n",
        release, kScenario, plant, kRule,
        broken
            ? "spte vm=1 pid=1 gfn=0x101 level=1 bits_old=PWDAL bits_new=PWL old_spte=0x123456867 "
              "new_spte=0x123456807\n"
            : ""));
    Judge judge;
    auto ok = read_lines(in, [&](const Event& e) { judge.feed(e); });
    EXPECT_TRUE(ok) << ok.error();
    judge.finish();
    EXPECT_EQ(judge.result().scenarios.size(), 1U);
    return judge.result();
}

Verdict verdict(const JudgeResult& r) {
    EXPECT_EQ(r.scenarios.at(0).rules.at(0).verdict, r.scenarios.at(0).verdict);
    return r.scenarios.at(0).verdict;
}

TEST(KnownBugs, ShowAsExpectedFailures) {
    EXPECT_EQ(verdict(prefault("6.12.107+deb13-amd64", true)), Verdict::xfail);
    EXPECT_EQ(verdict(prefault("6.13.1", true)), Verdict::fail);
    EXPECT_EQ(verdict(prefault("7.2.12+deb13-amd64", true)), Verdict::fail);
}

TEST(KnownBugs, ThatDoNotShowArePasses) {
    EXPECT_EQ(verdict(prefault("6.12.107+deb13-amd64", false)), Verdict::pass);
}

TEST(KnownBugs, ExcuseNoPlant) {
    EXPECT_EQ(verdict(prefault("6.12.107+deb13-amd64", true, "a-plant")), Verdict::fail);
}

TEST(KnownBugs, AreSaidLoudly) {
    const JudgeResult r = prefault("6.12.107+deb13-amd64", true);
    const std::string page = "docs/reports/prefault-clears-accessed.md";
    EXPECT_EQ(exit_status(r), 0);
    EXPECT_EQ(overall(r), "pass");
    EXPECT_NE(r.scenarios[0].why.find(page), std::string::npos);
    EXPECT_NE(r.scenarios[0].rules[0].why.find(page), std::string::npos);
    EXPECT_NE(ktap(r).find("ok 1 Prefault.KeepsAccessedBits # XFAIL known bug, " + page),
              std::string::npos)
        << ktap(r);
    EXPECT_NE(ktap(r).find("xfail:1"), std::string::npos);
    EXPECT_NE(table(r, false).find(page), std::string::npos);
    EXPECT_NE(table(r, false).find("1 xfail"), std::string::npos);
    const std::string json = verdict_json(r, host_facts(r), "mmuwitness");
    EXPECT_NE(json.find(page), std::string::npos);
    EXPECT_NE(json.find("\"verdict\": \"xfail\""), std::string::npos);
    EXPECT_NE(json.find("\"xfail\": 1"), std::string::npos);
}

}  // namespace
}  // namespace mmuw
