// SPDX-License-Identifier: GPL-2.0-only
// mmuwitness beside the kernel's own selftests: what a run came to, and who was sooner.
#include <gtest/gtest.h>

#include "selftest/compare.h"

namespace mmuw {
namespace {

constexpr std::string_view kControl =
    "facts\tamd\tLinux 6.12\tlinux-source 6.12\n"
    "test\tdirty_log_test\t-M dirty-log\n"
    "test\tpage_table_test\t\n"
    "run\tnone\tmmuwitness\t0\t9.0\t\t\t\n"
    "run\tnone\tdirty_log_test\t0\t20.0\t\t\t\n"
    "run\tnone\tpage_table_test\t0\t5.0\t\t\t\n";

Comparison with(const std::string& runs, std::string_view control = kControl) {
    auto parsed = parse_comparison(std::string(control) + runs);
    EXPECT_TRUE(parsed) << parsed.error();
    return parsed ? *parsed : Comparison{};
}

CompareOutcome outcome(const std::string& run) {
    const Comparison c = with("run\tbroken\t" + run + "\n");
    return c.runs.back().outcome;
}

TEST(Compare, TellsATestsOwnVerdictFromTheKernelsLog) {
    EXPECT_EQ(outcome("dirty_log_test\t0\t4.0\t7\t\t"), CompareOutcome::kMissed);
    EXPECT_EQ(outcome("dirty_log_test\t254\t4.0\t7\t\tassert"), CompareOutcome::kDetected);
    EXPECT_EQ(outcome("dirty_log_test\t254\t4.0\t7\t1.5\tassert"), CompareOutcome::kDetected);
    EXPECT_EQ(outcome("dirty_log_test\t0\t4.0\t7\t1.5\t"), CompareOutcome::kKernelLog);
    EXPECT_EQ(outcome("dirty_log_test\t137\t90.0\t7\t\t"), CompareOutcome::kHung);
    EXPECT_EQ(outcome("dirty_log_test\tdied\t\t\t60\tpanic"), CompareOutcome::kDied);
    EXPECT_EQ(outcome("dirty_log_test\t4\t0.1\t0\t\tno ring"), CompareOutcome::kSkip);
    EXPECT_EQ(outcome("dirty_log_test\tn/a\t\t\t\tno such test"), CompareOutcome::kNotApplicable);
}

TEST(Compare, DoesNotTakeAFailureWithoutAHitForThePlants) {
    EXPECT_EQ(outcome("dirty_log_test\t0\t4.0\t0\t\t"), CompareOutcome::kNotHit);
    EXPECT_EQ(outcome("dirty_log_test\t254\t4.0\t0\t\tassert"), CompareOutcome::kFail);
    EXPECT_EQ(outcome("dirty_log_test\t0\t4.0\t0\t1.5\t"), CompareOutcome::kFail);
}

TEST(Compare, HasMmuwitnesssOwnStatusForWhatItIs) {
    EXPECT_EQ(outcome("mmuwitness\t0\t1.0\t3\t\t"), CompareOutcome::kDetected);
    EXPECT_EQ(outcome("mmuwitness\t1\t1.0\t3\t\t"), CompareOutcome::kMissed);
    EXPECT_EQ(outcome("mmuwitness\t4\t1.0\t3\t\t"), CompareOutcome::kNotApplicable);
    EXPECT_EQ(outcome("mmuwitness\t2\t1.0\t3\t\t"), CompareOutcome::kError);
}

TEST(Compare, IsWrongWhereASelftestIsSoonerOrAlone) {
    const std::string test = "run\tbroken\tdirty_log_test\t254\t4.0\t7\t\tassert\n";
    EXPECT_TRUE(what_is_wrong(with("")).empty());
    EXPECT_TRUE(what_is_wrong(with("run\tbroken\tmmuwitness\t0\t1.0\t7\t\t\n" + test)).empty());
    for (const std::string ours : {"run\tbroken\tmmuwitness\t0\t4.5\t7\t\t\n",
                                   "run\tbroken\tmmuwitness\t1\t1.0\t7\t\t\n", ""}) {
        const auto wrong = what_is_wrong(with(ours + test));
        ASSERT_EQ(wrong.size(), 1u) << ours;
        EXPECT_TRUE(wrong.front().contains("broken: a selftest notices after 4.00 s"));
    }
}

TEST(Compare, DoesNotCountATestThatFailsWithoutAPlant) {
    const std::string control =
        "run\tnone\tmmuwitness\t0\t9.0\t\t\t\n"
        "test\tdirty_log_test\t-M dirty-ring\n"
        "run\tnone\tdirty_log_test\t254\t20.0\t\t\tassert\n";
    const Comparison c = with("run\tbroken\tdirty_log_test\t254\t4.0\t7\t\tassert\n", control);
    EXPECT_TRUE(c.tests[1].unsure);
    EXPECT_TRUE(what_is_wrong(c).empty());
    EXPECT_TRUE(compare_table(c).contains("4.0?"));
    EXPECT_TRUE(compare_table(c).contains("mmuwitness 0, selftests 0, and 0 more"));
}

TEST(Compare, IsWrongIfMmuwitnessDoesNotPassWithoutAPlant) {
    EXPECT_FALSE(what_is_wrong(with("", "run\tnone\tmmuwitness\t1\t9.0\t\t\t\n")).empty());
    EXPECT_FALSE(what_is_wrong(with("", "")).empty());
}

TEST(Compare, SaysWhichLineItCannotRead) {
    for (const std::string line : {"run\tnone\tmmuwitness\t0", "nothing", "test\tx",
                                   "run\tnone\tmmuwitness\tmaybe\t\t\t\t"}) {
        const auto parsed = parse_comparison(line);
        ASSERT_FALSE(parsed) << line;
        EXPECT_TRUE(parsed.error().contains(line)) << parsed.error();
    }
}

TEST(Compare, CountsPlantsOnce) {
    const Comparison c = with(
        "run\ta\tmmuwitness\t0\t1.0\t7\t\t\n"
        "run\ta\tdirty_log_test\t254\t4.0\t7\t\tassert\n"
        "run\ta\tpage_table_test\t0\t4.0\t7\t2.0\t\n"
        "run\tb\tpage_table_test\t137\t90.0\t7\t\t\n");
    EXPECT_TRUE(compare_table(c).contains("of 2 plants: mmuwitness 1, selftests 1, and 1 more"));
    EXPECT_TRUE(compare_json(c).contains("\"result\": \"kernel log\"")) << compare_json(c);
}

}  // namespace
}  // namespace mmuw
