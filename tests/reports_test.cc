// SPDX-License-Identifier: GPL-2.0-only
// Documented reports: a line and a page each, and what a run for one comes to.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "judge/judge.h"
#include "judge/reports.h"
#include "judge/rule.h"
#include "perturb/perturbation.h"
#include "report/report.h"
#include "trace/text.h"

namespace mmuw {
namespace {

namespace fs = std::filesystem;

TEST(Reports, HaveAPageAndEveryPageHasOne) {
    const fs::path pages = fs::path(MMUW_GOLDEN) / "../../docs/reports";
    std::size_t count = 0;
    for (const auto& page : fs::directory_iterator(pages)) {
        // One that is not about KVM has a program of its own that shows it.
        if (fs::exists(fs::path(page.path()).replace_extension(".c"))) continue;
        if (fs::exists(fs::path(page.path()).replace_extension(".sh"))) continue;
        EXPECT_NE(find_report(page.path().stem().string()), nullptr) << page.path();
        ++count;
    }
    EXPECT_EQ(count, reports().size());
    for (const Report& report : reports()) {
        EXPECT_TRUE(fs::exists(pages / (std::string(report.name) + ".md"))) << report.name;
        EXPECT_EQ(find_report(report.name), &report);
        EXPECT_FALSE(report.signs.empty()) << report.name;
        for (const Sign& sign : report.signs)
            EXPECT_NE(find_rule(sign.rule), nullptr) << report.name << ": " << sign.rule;
        EXPECT_GE(report.repeat, 1) << report.name;
        if (!report.disturbers.empty()) {
            EXPECT_NO_THROW(static_cast<void>(parse_disturbers(report.disturbers)));
        }
    }
    EXPECT_EQ(find_report("no-such-report"), nullptr);
}

// Runs for the report on pre-faulting, whose bug 6.12 is known to have.
struct Told {
    bool broken = false;
    std::string kmod = "true";
    std::string status = "trials=1 hits=1 status=done";
    std::string promise = "prefault-keeps-young";
    bool hooks = true;
};

std::string scenario(const Told& t) {
    const char* state = t.hooks ? "attached" : "missing no such symbol";
    return std::format(
        "note kind=SCENARIO_BEGIN text=\"Prefault.KeepsAccessedBits seed=1 plant=-\"\n"
        "note kind=RULE text=\"{}\"\n"
        "note kind=HOOK text=\"spte {}\"\nnote kind=HOOK text=\"prefault {}\"\n"
        "mark kind=MEMSLOT vm=1 slot=1 gfn=0x100 pages=4 hva=0x7f00000000\n"
        "spte vm=1 pid=2 gfn=0x101 level=1 bits_new=PWDAL new_spte=0x123456867\n"
        "prefault vm=1 pid=1 phase=BEGIN gfn=0x101\n{}"
        "prefault vm=1 pid=1 phase=END gfn=0x101\n"
        "note kind=SCENARIO_END text=\"{}\"\n",
        t.promise, state, state,
        t.broken ? "spte vm=1 pid=1 gfn=0x101 level=1 bits_old=PWDAL bits_new=PWL "
                   "old_spte=0x123456867 new_spte=0x123456807\n"
                 : "",
        t.status);
}

JudgeResult run(const std::vector<Told>& scenarios,
                const std::string& report = "prefault-clears-accessed") {
    std::string lines = std::format(
        "note kind=HOST text=\"kernel 6.12.107\"\nnote kind=HOST text=\"kmod {}\"\n"
        "note kind=HOST text=\"report {}\"\n",
        scenarios.front().kmod, report);
    for (const Told& t : scenarios) lines += scenario(t);
    std::istringstream in(lines);
    Judge judge;
    const auto ok = read_lines(in, [&](const Event& e) { judge.feed(e); });
    EXPECT_TRUE(ok) << ok.error();
    judge.finish();
    return judge.result();
}

ReportResult found(const JudgeResult& result) {
    const auto r = report_result(result);
    EXPECT_TRUE(r);
    return r.value_or(ReportResult{.report = nullptr, .signs = {}});
}

TEST(Reports, ShowWhatTheKernelIsKnownFor) {
    const JudgeResult r = run({{.broken = true}, {.broken = false}, {.broken = true}});
    EXPECT_EQ(r.scenarios[0].verdict, Verdict::fail) << "a known bug is no excuse here";
    const ReportResult f = found(r);
    EXPECT_EQ(f.verdict, Verdict::fail);
    ASSERT_EQ(f.signs.size(), 1u);
    EXPECT_EQ(f.signs[0].scenarios, 3u);
    EXPECT_EQ(f.signs[0].scenarios_with, 2u);
    EXPECT_EQ(f.signs[0].trials, 3u);
    EXPECT_EQ(f.signs[0].trials_with, 2u);
    EXPECT_EQ(f.signs[0].seen, 2u);
    EXPECT_EQ(exit_status(r), 1);
    EXPECT_EQ(overall(r), "fail");
    EXPECT_NE(histogram(r).find(" 2/3 "), std::string::npos) << histogram(r);
    EXPECT_NE(histogram(r).find("report prefault-clears-accessed: fail: this kernel shows it "
                                "(docs/reports/prefault-clears-accessed.md)"),
              std::string::npos)
        << histogram(r);
    const std::string json = verdict_json(r, host_facts(r), "mmuwitness");
    EXPECT_NE(json.find("\"name\": \"prefault-clears-accessed\""), std::string::npos);
    EXPECT_NE(json.find("\"trials_with\": 2"), std::string::npos);
}

TEST(Reports, SayWhatDoesNotShow) {
    const JudgeResult r = run({{}, {}});
    EXPECT_EQ(found(r).verdict, Verdict::pass);
    EXPECT_EQ(exit_status(r), 0);
    EXPECT_NE(histogram(r).find("pass: it does not show"), std::string::npos);
}

TEST(Reports, NeverPassWithoutEvidence) {
    const JudgeResult kmod = run({{.kmod = "false"}});
    EXPECT_EQ(found(kmod).verdict, Verdict::skip);
    EXPECT_EQ(found(kmod).why, "needs the module");
    EXPECT_EQ(exit_status(kmod), 4);
    const JudgeResult hooks = run({{.hooks = false}});
    EXPECT_EQ(found(hooks).verdict, Verdict::skip);
    const JudgeResult skip = run({{.status = "trials=0 hits=0 status=skip why=no such ioctl"}});
    EXPECT_EQ(found(skip).verdict, Verdict::skip);
    EXPECT_EQ(found(skip).why, "no such ioctl");
    const JudgeResult some = run({{}, {.status = "trials=0 hits=0 status=skip why=no such ioctl"}});
    EXPECT_EQ(found(some).verdict, Verdict::pass);
    const JudgeResult moot = run({{.status = "trials=3 hits=0 status=done"}});
    EXPECT_EQ(found(moot).verdict, Verdict::inconclusive);
    EXPECT_EQ(found(moot).why, "the staged moment was met in none of 3 trials");
    EXPECT_EQ(exit_status(moot), 1);
}

// A rule that had nothing to say is on no list: it may have been unable to.
TEST(Reports, AskWhetherASilentRuleCouldHaveSpoken) {
    const std::string silent = "young";
    const JudgeResult deaf = run({{.promise = silent, .hooks = false}}, "make-spte-drops-dirty");
    EXPECT_EQ(found(deaf).verdict, Verdict::skip);
    EXPECT_EQ(found(deaf).why, "hook spte missing");
}

TEST(Reports, AreNoneOfAnyOtherRun) {
    JudgeResult r = run({{.broken = true}}, "no-such-report");
    EXPECT_FALSE(report_result(r));
    EXPECT_TRUE(histogram(r).empty());
    r.host.erase("report");
    EXPECT_FALSE(is_for_report(r));
}

}  // namespace
}  // namespace mmuw
