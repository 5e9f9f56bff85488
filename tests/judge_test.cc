// SPDX-License-Identifier: GPL-2.0-only
// What the judge makes of evidence that is not complete.
#include <gtest/gtest.h>

#include <format>
#include <sstream>

#include "judge/judge.h"
#include "support/judged.h"
#include "support/synth.h"
#include "support/temp_dir.h"
#include "trace/dat.h"
#include "trace/text.h"

namespace mmuw {
namespace {

std::vector<Event> events(const std::string& lines) {
    std::istringstream in(lines);
    std::vector<Event> out;
    auto ok = read_lines(in, [&](const Event& e) { out.push_back(e); });
    EXPECT_TRUE(ok) << ok.error();
    return out;
}

std::string scenario(const std::string& body, const std::string& plant = "-",
                     const std::string& status = "done") {
    return "note kind=SCENARIO_BEGIN text=\"s seed=42 plant=" + plant + "\"\n" + body +
           "note kind=SCENARIO_END text=\"trials=5 hits=3 status=" + status + "\"\n";
}

const std::string kDurable =
    "note kind=RULE text=\"durable\"\n"
    "mark kind=EXPECT pid=1 file=1 page=1 lane=0 stamp=7\n"
    "mark kind=SYNC_BEGIN pid=1 file=1 page=0 pages=4 sync=1\n"
    "mark kind=SYNC_END pid=1 file=1 page=0 pages=4 sync=1\n"
    "tlb_flush vm=1 pid=3\n"
    "mark kind=DISK pid=1 file=1 page=1 lane=0 stamp=7\n";

const std::string kFlush =
    "note kind=RULE text=\"flush-on-protect\"\n"
    "note kind=HOOK text=\"spte attached\"\nnote kind=HOOK text=\"vm_ioctl attached\"\n"
    "note kind=HOOK text=\"tlb_flush attached\"\n"
    "vm_ioctl vm=1 pid=1 phase=BEGIN cmd=KVM_GET_DIRTY_LOG\n"
    "spte vm=1 pid=1 gfn=0x1 level=1 bits_old=PWDAL bits_new=PAL\n"
    "log_mark vm=1 pid=2\n"
    "vm_ioctl vm=1 pid=1 phase=END cmd=KVM_GET_DIRTY_LOG\n";

const std::string kNoDisk = "note kind=RULE text=\"durable missing tmpfs has no disk\"\n";

const std::string kQuiet =
    "note kind=RULE text=\"quiet-kernel\"\n"
    "mark kind=KERNEL_LOG pid=1 lines=3\n";

TEST(Judge, SkipsWhatTheScenarioFoundToBeImpossible) {
    const auto s = judged(events(scenario("note kind=RULE text=\"durable\"\n" + kNoDisk + kQuiet)));
    EXPECT_EQ(s.verdict, Verdict::skip);
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::skip);
    EXPECT_EQ(rule_of(s, "durable")->why, "tmpfs has no disk");
    EXPECT_EQ(rule_of(s, "quiet-kernel")->verdict, Verdict::pass);
}

TEST(Judge, AsksForNoRuleThatIsImpossibleAndWasNotPromised) {
    const auto s = judged(events(scenario(kNoDisk + kQuiet)));
    EXPECT_EQ(s.verdict, Verdict::pass);
    EXPECT_EQ(rule_of(s, "durable"), nullptr);
}

// Evidence that is there is judged, whatever was said.
TEST(Judge, TakesNoViolationForImpossible) {
    std::string late = kDurable;
    late.replace(late.rfind("stamp=7"), 7, "stamp=6");
    EXPECT_EQ(judged(events(scenario(kNoDisk + late))).verdict, Verdict::fail);
    EXPECT_EQ(judged(events(scenario(kNoDisk + kDurable))).verdict, Verdict::pass);
}

TEST(Judge, ReadsWhatDisturbersDid) {
    const auto s = judged(events(
        scenario(kDurable + "note kind=PERTURB text=\"signals taken=3 sent=5\"\n"
                            "note kind=PERTURB text=\"hotplug cycles=0 why=write(x): no\"\n")));
    EXPECT_EQ(s.verdict, Verdict::pass);
    ASSERT_EQ(s.disturbances.size(), 2u);
    EXPECT_EQ(s.disturbances[0].name, "signals");
    EXPECT_EQ(s.disturbances[0].counts,
              (std::vector<std::pair<std::string, uint64_t>>{{"taken", 3}, {"sent", 5}}));
    EXPECT_FALSE(s.disturbances[0].idle());
    EXPECT_TRUE(s.disturbances[1].idle());
    EXPECT_EQ(s.disturbances[1].why, "write(x): no");
}

TEST(Judge, ReadsWhichDisturbersAreMissing) {
    Judge judge;
    for (const Event& e : events("note kind=PERTURB text=\"ksm missing no KSM here\"\n"))
        judge.feed(e);
    ASSERT_EQ(judge.result().missing_disturbers.size(), 1u);
    EXPECT_EQ(judge.result().missing_disturbers[0].name, "ksm");
    EXPECT_EQ(judge.result().missing_disturbers[0].why, "no KSM here");
}

TEST(Judge, ReadsTheScenariosNotes) {
    const auto s = judged(events(scenario(kDurable)));
    EXPECT_EQ(s.name, "s");
    EXPECT_EQ(s.seed, 42u);
    EXPECT_EQ(s.trials, 5u);
    EXPECT_EQ(s.hits, 3u);
    EXPECT_EQ(s.plant, "");
    EXPECT_EQ(s.verdict, Verdict::pass) << s.why;
}

TEST(Judge, LostEventsMakePassInconclusive) {
    auto e = events(scenario(kDurable));
    e.erase(e.begin() + 5);  // the tlb_flush
    const auto s = judged(e);
    EXPECT_EQ(s.verdict, Verdict::inconclusive);
    EXPECT_EQ(s.why, "1 events lost");
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::inconclusive);
}

TEST(Judge, LostEventsTakeTheProofFromAProtocolViolation) {
    auto e = events(scenario(kFlush));
    EXPECT_EQ(rule_of(judged(e), "flush-on-protect")->verdict, Verdict::fail);
    std::erase_if(e, [](const Event& x) { return x.kind == Kind::log_mark; });
    const auto s = judged(e);
    EXPECT_EQ(rule_of(s, "flush-on-protect")->verdict, Verdict::inconclusive);
}

// The disk has one that is older than what was promised.
void age_stamp(Event& disk) {
    auto m = mark_of<mark::Disk>(disk).value();
    m.stamp = 3;
    set_mark(disk, m);
}

TEST(Judge, LostEventsLeaveAnEndToEndViolationStanding) {
    auto e = events(scenario(kDurable));
    age_stamp(e[6]);
    e.erase(e.begin() + 5);
    EXPECT_EQ(judged(e).verdict, Verdict::fail);
}

TEST(Judge, SaysHowAndWhenAViolationWasFound) {
    const std::string trial = "mark kind=TRIAL met=1\n";
    auto e = events(scenario(trial + kFlush + trial + trial + kDurable, "p"));
    for (size_t i = 0; i < e.size(); ++i) e[i].ns = 1000000000 + i * 1000000;
    for (Event& x : e)
        if (mark_of<mark::Disk>(x)) age_stamp(x);
    const auto s = judged(e);
    EXPECT_DOUBLE_EQ(s.begin, 1);
    const RuleResult& trace = *rule_of(s, "flush-on-protect");
    EXPECT_EQ(trace.violations, 1u);
    EXPECT_EQ(trace.end_to_end, 0u);
    EXPECT_EQ(trace.first_trial, 2u);
    EXPECT_DOUBLE_EQ(trace.first_seconds, 0.009);
    const RuleResult& bytes = *rule_of(s, "durable");
    EXPECT_EQ(bytes.violations, 1u);
    EXPECT_EQ(bytes.end_to_end, 1u);
    EXPECT_EQ(bytes.first_trial, 4u);
}

TEST(Judge, CountsWhatThePlantHit) {
    const auto s =
        judged(events(scenario("plant name=\"p\" vm=1\nplant name=\"p\" vm=1\n"
                               "plant name=\"q\" vm=1\n" +
                                   kDurable,
                               "p")));
    EXPECT_EQ(s.plant_hits, 2u);
    EXPECT_EQ(s.verdict, Verdict::pass) << s.why;
}

TEST(Judge, AMomentThatWasNeverMetIsInconclusive) {
    const auto ended = [](const std::string& end) {
        std::string lines = scenario(kDurable);
        lines.replace(lines.find("trials=5 hits=3"), std::string("trials=5 hits=3").size(), end);
        return judged(events(lines));
    };
    const auto s = ended("trials=5 hits=0");
    EXPECT_EQ(s.verdict, Verdict::inconclusive);
    EXPECT_EQ(s.why, "the staged moment was met in none of 5 trials");
    EXPECT_EQ(ended("trials=5 hits=unknown").verdict, Verdict::pass);
    EXPECT_EQ(ended("trials=0 hits=0").verdict, Verdict::pass);
}

TEST(Judge, NumbersOutOfOrderAreNotLost) {
    auto e = events(scenario(kDurable));
    std::swap(e[3].seq, e[4].seq);
    // One taken before SCENARIO_END, written after it.
    Event late = e[5];
    e.erase(e.begin() + 5);
    late.order = e.back().order + 1;
    e.push_back(late);
    EXPECT_EQ(judged(e).verdict, Verdict::pass);
}

TEST(Judge, LossBetweenScenariosIsNotTheirs) {
    auto e = events(scenario(kDurable));
    const size_t half = e.size();
    for (size_t i = 0; i < half; ++i) {
        Event x = e[i];
        x.seq += 1000;
        x.order += 1000;
        e.push_back(x);
    }
    Judge judge;
    for (const Event& x : e) judge.feed(x);
    judge.finish();
    ASSERT_EQ(judge.result().scenarios.size(), 2u);
    for (const auto& s : judge.result().scenarios) EXPECT_EQ(s.verdict, Verdict::pass);
    EXPECT_EQ(judge.result().witness.lost, 1000 - half);
}

TEST(Judge, WhatTheKernelSaysItLostCounts) {
    Judge judge;
    const auto e = events(scenario(kDurable));
    for (size_t i = 0; i < e.size(); ++i) {
        if (i == 3) judge.lost(17);
        judge.feed(e[i]);
    }
    EXPECT_EQ(judge.result().scenarios.at(0).why, "17 events lost");
}

TEST(Judge, DoubtMakesPassInconclusive) {
    Judge judge;
    judge.doubt("write(spool): No space left on device");
    for (const Event& e : events(scenario(kDurable))) judge.feed(e);
    EXPECT_EQ(judge.result().scenarios.at(0).verdict, Verdict::inconclusive);
    EXPECT_EQ(judge.result().scenarios.at(0).why, "write(spool): No space left on device");
}

TEST(Judge, DoubtNotedInTheStreamIsTheScenariosOwn) {
    const auto doubted = judged(events(
        scenario("note kind=DOUBT text=\"hook tlb_flush: 3 calls missed\"\n" + kFlush + kDurable)));
    EXPECT_EQ(rule_of(doubted, "durable")->verdict, Verdict::inconclusive);
    // A flush that was missed looks like one that KVM forgot.
    const auto* flush = rule_of(doubted, "flush-on-protect");
    EXPECT_EQ(flush->verdict, Verdict::inconclusive);
    EXPECT_TRUE(flush->why.starts_with("hook tlb_flush: 3 calls missed; would be: ")) << flush->why;
}

TEST(Judge, ScenarioWithoutARecordIsInconclusive) {
    Judge judge;
    judge.unrecorded("lost", "No space left on device");
    EXPECT_EQ(judge.result().scenarios.at(0).verdict, Verdict::inconclusive);
    EXPECT_EQ(judge.result().scenarios.at(0).name, "lost");
}

TEST(Judge, PlantThatWasNeverHitIsInconclusive) {
    const auto s = judged(events(scenario(kDurable, "some-plant")));
    EXPECT_EQ(s.verdict, Verdict::inconclusive);
    EXPECT_EQ(s.plant, "some-plant");
    EXPECT_EQ(s.why, "plant some-plant was never hit");
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::inconclusive);
    const auto hit =
        judged(events(scenario(kDurable + "plant vm=1 name=\"some-plant\"\n", "some-plant")));
    EXPECT_EQ(hit.verdict, Verdict::pass);
}

TEST(Judge, MissingHookSkipsTheRule) {
    std::string body = kFlush;
    body.replace(body.find("tlb_flush attached"), 18, "tlb_flush missing no such function");
    auto s = judged(events(scenario(body)));
    EXPECT_EQ(rule_of(s, "flush-on-protect")->verdict, Verdict::skip);
    EXPECT_EQ(rule_of(s, "flush-on-protect")->why, "hook tlb_flush missing: no such function");
    EXPECT_EQ(s.verdict, Verdict::skip);
    // Another hook of the same name makes up for it.
    body += "note kind=HOOK text=\"tlb_flush attached\"\n";
    EXPECT_EQ(judged(events(scenario(body))).verdict, Verdict::fail);
}

TEST(Judge, HookThatWasNotReportedSkipsTheRule) {
    const auto s = judged(events(scenario("note kind=RULE text=\"retry-on-stale\"\n")));
    EXPECT_EQ(rule_of(s, "retry-on-stale")->verdict, Verdict::skip);
    EXPECT_EQ(rule_of(s, "retry-on-stale")->why, "hook spte was not reported");
}

TEST(Judge, PromisedButUncheckedIsInconclusive) {
    const auto s = judged(events(scenario("note kind=RULE text=\"tagged\"\n" + kDurable)));
    EXPECT_EQ(rule_of(s, "tagged")->verdict, Verdict::inconclusive);
    EXPECT_EQ(rule_of(s, "durable")->verdict, Verdict::pass);
    EXPECT_EQ(rule_of(s, "nothing-left"), nullptr) << "neither promised nor checked";
    EXPECT_EQ(s.verdict, Verdict::inconclusive);
}

TEST(Judge, ScenariosOwnStatusCounts) {
    const auto skip =
        judged(events(scenario("note kind=RULE text=\"tagged\"\n", "-", "skip why=no KVM here")));
    EXPECT_EQ(skip.verdict, Verdict::skip);
    EXPECT_EQ(skip.why, "no KVM here");
    EXPECT_EQ(rule_of(skip, "tagged")->why, "no KVM here");
    const auto unsure = judged(events(scenario(kDurable, "-", "inconclusive why=gate timed out")));
    EXPECT_EQ(unsure.verdict, Verdict::inconclusive);
    EXPECT_EQ(unsure.why, "gate timed out");
}

TEST(Judge, UnknownRuleIsSkipped) {
    const auto s = judged(events(scenario("note kind=RULE text=\"brand-new\"\n" + kDurable)));
    EXPECT_EQ(rule_of(s, "brand-new")->verdict, Verdict::skip);
}

TEST(Judge, ScenarioWithoutItsEndIsInconclusive) {
    auto e = events(scenario(kDurable));
    e.pop_back();
    EXPECT_EQ(judged(e).verdict, Verdict::inconclusive);
}

TEST(Judge, ScenarioWithoutRulesIsInconclusive) {
    EXPECT_EQ(judged(events(scenario("vcpu_run vm=1\n"))).verdict, Verdict::inconclusive);
}

// 6.13+: the vCPU that finds its fault spurious marks the folio dirty before the one that installed
// the SPTE has written its event (tdp_mmu_map_handle_target_level()).
TEST(Judge, SpuriousFaultsDirtyIsInTime) {
    const std::string before =
        "note kind=RULE text=\"dirty-in-time\"\nnote kind=HOOK text=\"spte attached\"\n"
        "note kind=HOOK text=\"mkclean attached\"\n"
        "note kind=HOOK text=\"kvm_release_dirty attached\"\n"
        "mark kind=MEMSLOT vm=1 slot=0 gfn=0x10 pages=4 hva=0x10000 file=1\n"
        "spte vm=1 vcpu=0 gfn=0x11 level=1 bits_new=PWDAL file=1 index=1\n"
        "folio op=KVM_DIRTY vm=1 vcpu=0 file=1 index=1 pages=1 lock=HELD\n"
        "folio op=MKCLEAN_BEGIN file=1 index=1 pages=1\n"
        "spte vm=1 gfn=0x11 level=1 bits_old=PWDAL file=1 index=1\n"
        "folio op=MKCLEAN_END file=1 index=1 pages=1\n";
    const std::string dirty = "folio op=KVM_DIRTY vm=1 vcpu=1 file=1 index=1 pages=1 lock=HELD\n";
    const std::string fault =
        "fault vm=1 vcpu=1 phase=BEGIN gfn=0x11\nfault vm=1 vcpu=1 phase=PFN gfn=0x11\n";
    EXPECT_EQ(judged(events(scenario(before + dirty))).verdict, Verdict::fail);
    EXPECT_EQ(judged(events(scenario(before + fault + dirty))).verdict, Verdict::pass);
}

// Marked early, as thread 000 asks for, a folio may be marked for nothing: counted, by read faults.
TEST(Judge, CountsFoliosThatReadFaultsMarkDirty) {
    std::string body = "note kind=RULE text=\"slow-path-dirty\"\n";
    for (const char* write : {"0", "1"})
        body += std::format(
            "fault vm=1 vcpu=0 pid=20 phase=BEGIN gfn=0x101 write={}\n"
            "folio pid=20 op=KVM_DIRTY file=1 index=0x1 pages=1 page=PRESENT|DIRTY vm=1 vcpu=0\n"
            "fault vm=1 vcpu=0 pid=20 phase=END gfn=0x101\n",
            write);
    const auto s = judged(events(scenario(body)));
    EXPECT_EQ(rule_of(s, "slow-path-dirty")->tolerated, 1u);
}

TEST(Judge, VmIdsAreUsedAgain) {
    const std::string slot = "mark kind=MEMSLOT vm=1 slot=0 gfn=0x10 pages=4 hva=0x10000 file=1\n";
    const std::string notifier =
        "notifier pid=1 phase=START_BEFORE_KVM start=0x10000 end=0x20000\n"
        "notifier pid=1 phase=START_AFTER_KVM start=0x10000 end=0x20000\n";
    const std::string body =
        "note kind=RULE text=\"unmapped-when-clean\"\nnote kind=HOOK text=\"spte attached\"\n"
        "note kind=HOOK text=\"notifier_start attached\"\nnote kind=HOOK text=\"tlb_flush "
        "attached\"\n" +
        slot + "spte vm=1 gfn=0x11 level=1 bits_new=PWDAL\n";
    EXPECT_EQ(judged(events(scenario(body + notifier))).verdict, Verdict::fail);
    // The VM went without a word about its SPTEs; the next has its id and its addresses.
    const auto s =
        judged(events(scenario(body + "mark kind=MEMSLOT vm=1 slot=0\n" + slot + notifier)));
    EXPECT_EQ(rule_of(s, "unmapped-when-clean")->violations, 0u);
}

TEST(Judge, RecordingGetsTheLiveVerdict) {
    const TempDir dir;
    auto e = events(scenario(kDurable) + scenario(kFlush));
    for (size_t i = 0; i < e.size(); ++i) e[i].cpu = i % 3;
    Judge live;
    for (const Event& x : e) live.feed(x);
    live.finish();
    ASSERT_TRUE(synth::write(dir / "t.dat", e));
    auto offline = judge_file(dir / "t.dat");
    ASSERT_TRUE(offline) << offline.error();
    ASSERT_EQ(offline->scenarios.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(offline->scenarios[i].verdict, live.result().scenarios[i].verdict);
        EXPECT_EQ(offline->scenarios[i].rules.size(), live.result().scenarios[i].rules.size());
    }
}

}  // namespace
}  // namespace mmuw
