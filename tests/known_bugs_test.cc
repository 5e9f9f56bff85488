// SPDX-License-Identifier: GPL-2.0-only
// A known bug is an expected failure on the releases that have it, and nowhere else.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "judge/judge.h"
#include "judge/known_bugs.h"
#include "report/report.h"
#include "trace/text.h"

namespace mmuw {
namespace {

constexpr std::string_view kRule = "prefault-keeps-young";
constexpr std::string_view kScenario = "Prefault.KeepsAccessedBits";

std::optional<std::string> known(std::string_view rule, const char* scenario,
                                 std::string_view release, std::string_view machine = "x86_64",
                                 const char* disturber = nullptr,
                                 std::string_view filesystem = "ext4", std::string_view says = "") {
    ScenarioResult s;
    s.name = scenario;
    if (disturber) s.disturbances.push_back({.name = disturber});
    return known_bug(rule, says, s,
                     {.release = release, .machine = machine, .filesystem = filesystem});
}

TEST(KnownBugs, AreOfARuleAScenarioAndReleases) {
    const char* const name = "Prefault.KeepsAccessedBits";
    EXPECT_NE(known(kRule, name, "6.12.107+deb13-amd64"), std::nullopt);
    EXPECT_NE(known(kRule, name, "6.11.0"), std::nullopt);
    for (const char* release : {"6.13.0", "6.13-rc1", "7.2.12+deb13-amd64", "7.0", "6.10.9",
                                "6.1.0", "5.12.1", "", "linux", "6", "6."})
        EXPECT_EQ(known(kRule, name, release), std::nullopt) << release;
    EXPECT_EQ(known(kRule, "Aging.AccessesAreSeen", "6.12.1"), std::nullopt);
    EXPECT_EQ(known("young", name, "6.12.1"), std::nullopt);
}

TEST(KnownBugs, AreOfAMachineAndADisturber) {
    EXPECT_NE(known("dirty-in-time", "Turns.A", "6.12.1", "aarch64"), std::nullopt);
    EXPECT_EQ(known("dirty-in-time", "Turns.A", "6.12.1", "x86_64"), std::nullopt);
    const char* const ring = "Turns.EveryWriteIsLoggedAndNothingElse/ring";
    EXPECT_NE(known("log-complete", ring, "7.2.12", "aarch64", "signals"), std::nullopt);
    EXPECT_EQ(known("log-complete", ring, "7.2.12", "aarch64", "ksm"), std::nullopt);
    EXPECT_EQ(known("log-complete", ring, "7.2.12"), std::nullopt);
    EXPECT_EQ(known("log-complete", ring, "6.12.1", "x86_64", "signals"), std::nullopt);
    EXPECT_NE(known("log-complete", "RingReset.A", "7.2.12"), std::nullopt);
    EXPECT_EQ(known("log-complete", "RingReset.A", "6.12.1"), std::nullopt);
    EXPECT_NE(known("prefault-ends", "Prefault.EndsA", "7.2.12"), std::nullopt);
    EXPECT_EQ(known("prefault-ends", "Prefault.KeepsA", "7.2.12"), std::nullopt);
    EXPECT_NE(known("prefault-ends", "Prefault.KeepsA", "7.2.12", "x86_64", "memslots"),
              std::nullopt);
    EXPECT_EQ(known("log-complete", "Turns.A/bitmap", "7.2.12", "x86_64", "signals"), std::nullopt);
}

TEST(KnownBugs, AreOfWhatTheViolationSays) {
    const auto warns = [](std::string_view line, const char* disturber = "migration") {
        return known("quiet-kernel", "VmmLog.HasWhatTheGuestWrote/huge_anonymous", "6.12.117",
                     "x86_64", disturber, "ext4", line);
    };
    constexpr std::string_view kWarning =
        "2 suspicious kernel log lines, taint 0x200 gained: WARNING: CPU: 1 PID: 71 at "
        "mm/page_table_check.c:248 __page_table_check_pmd_set+0x16d/0x1b0";
    EXPECT_NE(warns(kWarning), std::nullopt);
    EXPECT_EQ(warns(kWarning, "ksm"), std::nullopt);
    EXPECT_EQ(warns("2 suspicious kernel log lines, taint 0x220 gained: BUG: KASAN: "
                    "use-after-free in kvm_tdp_mmu_map+0x1/0x2"),
              std::nullopt);
    EXPECT_EQ(warns("4 suspicious kernel log lines, taint 0x220 gained: WARNING: CPU: 1 PID: 71 at "
                    "mm/page_table_check.c:248 __page_table_check_pmd_set+0x16d/0x1b0"),
              std::nullopt);
}

TEST(KnownBugs, AreOfAFilesystem) {
    const auto on = [](std::string_view filesystem, std::string_view release) {
        return known("quiet-kernel", "Pinned.A/reclaimed", release, "x86_64", nullptr, filesystem)
            .value_or("");
    };
    EXPECT_TRUE(on("ext4", "7.3.4").contains("pinned-folio-released"));
    EXPECT_TRUE(on("btrfs", "6.12.1").contains("btrfs-drops-device-writes"));
    EXPECT_EQ(on("xfs", "7.3.4"), "");
    EXPECT_EQ(on("", "7.3.4"), "");
    EXPECT_EQ(on("btrfs", "7.3.4"), "");
}

JudgeResult prefault(const std::string& release, bool broken, const std::string& plant = "-",
                     const std::string& host = "") {
    std::istringstream in(std::format(
        "note kind=HOST text=\"kernel {}\"\n{}"
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
        release, host, kScenario, plant, kRule,
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

const RuleResult& rule_of(const JudgeResult& r) {
    return *std::ranges::find(r.scenarios.at(0).rules, kRule, &RuleResult::rule);
}

Verdict verdict(const JudgeResult& r) {
    EXPECT_EQ(rule_of(r).verdict, r.scenarios.at(0).verdict);
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
    EXPECT_NE(rule_of(r).why.find(page), std::string::npos);
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

std::string listed(std::string_view entry) {
    return std::format("note kind=HOST text=\"known {}\"\n", entry);
}

TEST(LabBugs, ExplainFailuresOfTheirKernels) {
    const std::string list = listed("prefault-keeps-young Prefault.* 7.9.1* ticket 4711, of ours");
    const JudgeResult r = prefault("7.9.1-lab", true, "-", list);
    EXPECT_EQ(verdict(r), Verdict::xfail);
    EXPECT_EQ(r.scenarios[0].why, "known bug, ticket 4711, of ours");
    EXPECT_EQ(verdict(prefault("7.9.2-lab", true, "-", list)), Verdict::fail);
    EXPECT_EQ(verdict(prefault("7.9.1-lab", true, "a-plant", list)), Verdict::fail);
    EXPECT_EQ(verdict(prefault("7.9.1", true, "-", listed("young * * ticket"))), Verdict::fail);
}

TEST(LabBugs, ThatDoNotShowAreTold) {
    const std::string list = listed("prefault-keeps-young Prefault.* 7.9.* ticket 4711");
    const auto said = [&](const JudgeResult& r) {
        return table(r, false).contains("did not show: prefault-keeps-young in Prefault.*");
    };
    EXPECT_TRUE(said(prefault("7.9.1", false, "-", list)));
    EXPECT_FALSE(said(prefault("7.9.1", true, "-", list)));
    EXPECT_FALSE(said(prefault("7.8.1", false, "-", list)));  // not its kernel
    const JudgeResult r = prefault("7.9.1", true, "-", list);
    EXPECT_TRUE(verdict_json(r, host_facts(r), "mmuwitness").contains("ticket 4711"));
}

TEST(LabBugs, AreLinesOfAFile) {
    const std::string path = testing::TempDir() + "/known";
    const auto read = [&](const std::string& text) {
        std::ofstream(path) << text;
        return read_lab_bugs(path);
    };
    const auto bugs = read("# ours\n\ndurable\tTurns.* *  a reason # and why\nyoung * 6.1* x\n");
    ASSERT_TRUE(bugs) << bugs.error();
    ASSERT_EQ(bugs->size(), 2U);
    EXPECT_EQ(to_line((*bugs)[0]), "durable Turns.* * a reason");
    EXPECT_EQ(read("durable * *\n").error(), path + ":1: not RULE SCENARIOS KERNEL REASON");
    EXPECT_TRUE(read("durable * * x\nno-rule * * x\n").error().contains(":2: unknown rule"));
    EXPECT_TRUE(read("durable * * " + std::string(200, 'x')).error().contains(":1: longer than"));
    EXPECT_TRUE(read_lab_bugs("/no/such/file").error().contains("No such file"));
}

}  // namespace
}  // namespace mmuw
