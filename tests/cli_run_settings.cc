// SPDX-License-Identifier: GPL-2.0-only
// The words after "mmuwitness run": defaults, and what does not go together.
#include <gtest/gtest.h>

#include "cli/gtest_runner.h"
#include "cli/run_settings.h"

namespace mmuw {
namespace {

RunSettings parse(Words words) {
    words.insert(words.begin(), {"--scratch", "/dev/null"});
    return parse_run(words);
}

// The line that it ends with; empty: none.
std::string refused(const Words& words, int status = kUsage) {
    try {
        static_cast<void>(parse(words));
    } catch (const Exit& e) {
        EXPECT_EQ(e.status, status) << e.what();
        return e.what();
    }
    return "";
}

TEST(RunSettings, HaveDefaults) {
    const RunSettings s = parse({});
    EXPECT_EQ(s.filter, kDefaultSuite);
    EXPECT_EQ(s.out, ".");
    EXPECT_EQ(s.repeat, 1);
    EXPECT_EQ(s.seed, 1U);
    EXPECT_FALSE(s.mmu.reference);
    EXPECT_TRUE(s.disturbers.empty());
    EXPECT_TRUE(s.known.empty());
}

TEST(RunSettings, AreWhatWasAskedFor) {
    const RunSettings s = parse({"--filter", "Turns.*", "--mmu", "reference", "--repeat", "3",
                                 "--perturb", "signals,ksm", "--plant", "x", "--shard", "2/3"});
    EXPECT_EQ(s.filter, "Turns.*");
    EXPECT_EQ(s.shard, (Shard{2, 3}));
    EXPECT_TRUE(s.mmu.reference);
    EXPECT_EQ(s.repeat, 3);
    EXPECT_EQ(s.disturbers.size(), 2U);
    EXPECT_EQ(s.plant, "x");
}

TEST(RunSettings, RefuseWhatDoesNotGoTogether) {
    EXPECT_NE(refused({"--no-kmod", "--plant", "x"}), "");
    EXPECT_NE(refused({"--no-kmod", "--kmod", "x"}), "");
    EXPECT_NE(refused({"--no-kmod", "--script", "x"}), "");
    EXPECT_NE(refused({"--no-kmod", "--mmu", "reference"}), "");
    EXPECT_NE(refused({"--report", "dirty-ring-reset-signal", "--filter", "x"}), "");
    EXPECT_NE(refused({"--report", "dirty-ring-reset-signal", "--plant", "x"}), "");
    EXPECT_NE(refused({"--report", "dirty-ring-reset-signal", "--shard", "1/2"}), "");
}

TEST(RunSettings, SayWhatIsKnown) {
    EXPECT_TRUE(refused({"--report", "x"}).contains("prefault-obsolete-root"));
    EXPECT_TRUE(refused({"--perturb", "x"}).contains("unknown disturber 'x'"));
    EXPECT_TRUE(refused({"--mmu", "x"}).contains("unknown MMU 'x'"));
    EXPECT_TRUE(refused({"--known", "/no/such"}).contains("No such file"));
    EXPECT_TRUE(refused({"--repeat", "0"}).contains("at least 1"));
    EXPECT_TRUE(refused({"--shard", "3/2"}).contains("INDEX/OF"));
    EXPECT_TRUE(refused({"--frobnicate"}).contains("--help"));
}

TEST(RunSettings, TakeARepetitionFromTheReportUnlessOneIsGiven) {
    const Words report = {"--report", "dirty-ring-reset-signal"};
    EXPECT_EQ(parse(report).repeat, 10);
    EXPECT_EQ(parse({"--report", "dirty-ring-reset-signal", "--repeat", "2"}).repeat, 2);
    EXPECT_NE(parse(report).report, nullptr);
}

}  // namespace
}  // namespace mmuw
