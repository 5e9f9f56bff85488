// SPDX-License-Identifier: GPL-2.0-only
// Notes: what is written is read again, and what is cut is the reason at the end.
#include <gtest/gtest.h>

#include "trace/notes.h"

namespace mmuw {
namespace {

TEST(Notes, AreReadAsTheyWereWritten) {
    const note::ScenarioBegin begin{.name = "A.B/c", .seed = 7, .plant = "zap-skipped"};
    EXPECT_EQ(begin.text(), "A.B/c seed=7 plant=zap-skipped");
    EXPECT_EQ(note::ScenarioBegin::parse(begin.text()).plant, begin.plant);
    EXPECT_EQ(note::ScenarioBegin::parse(note::ScenarioBegin{.name = "A.B"}.text()).plant, "");

    const note::ScenarioEnd end{.trials = 3, .status = "skip", .why = "no disk=1, no luck"};
    const auto end_again = note::ScenarioEnd::parse(end.text());
    EXPECT_EQ(end_again.trials, 3u);
    EXPECT_FALSE(end_again.hits);
    EXPECT_EQ(end_again.status, "skip");
    EXPECT_EQ(end_again.why, end.why);
    EXPECT_EQ(note::ScenarioEnd::parse(note::ScenarioEnd{.hits = 0}.text()).hits, 0u);

    EXPECT_EQ(note::Rule::parse(note::Rule{.name = "durable"}.text()).missing, "");
    const auto rule = note::Rule::parse(note::Rule{.name = "durable", .missing = "no disk"}.text());
    EXPECT_EQ(rule.name, "durable");
    EXPECT_EQ(rule.missing, "no disk");

    EXPECT_EQ(note::Hook{.name = "spte"}.text(), "spte attached");
    EXPECT_EQ(note::Hook::parse("spte missing no such symbol").missing, "no such symbol");

    const auto fact = note::Host::parse(note::Host{.key = "kernel", .value = "6.12 x"}.text());
    EXPECT_EQ(fact.key, "kernel");
    EXPECT_EQ(fact.value, "6.12 x");
}

TEST(Notes, OfDisturbersHaveCountsOrAReason) {
    const note::Disturber did{
        .name = "ksm", .counts = {{"merged", 4}, {"scans", 9}}, .why = "write: EIO"};
    EXPECT_EQ(did.text(), "ksm merged=4 scans=9 why=write: EIO");
    const auto again = note::Disturber::parse(did.text());
    EXPECT_EQ(again.counts, did.counts);
    EXPECT_EQ(again.why, did.why);
    const note::Disturber none{.name = "ksm", .missing = true, .why = "no /sys/kernel/mm/ksm"};
    EXPECT_TRUE(note::Disturber::parse(none.text()).missing);
    EXPECT_EQ(note::Disturber::parse(none.text()).why, none.why);
}

// A hook or a rule of which a line says no more than that it is missing, is not there.
TEST(Notes, WithoutAReasonAreMissingAllTheSame) {
    EXPECT_EQ(note::Hook::parse("spte missing").missing, "no reason given");
    EXPECT_EQ(note::Hook::parse("spte").missing, "no reason given");
    EXPECT_EQ(note::Rule::parse("durable missing ").missing, "no reason given");
    EXPECT_EQ(note::Disturber::parse("ksm missing").why, "no reason given");
}

// "plant was never hit" by the name of half a plant would say nothing.
TEST(Notes, OnlyAReasonMayBeCut) {
    const std::string long_text(MMUWITNESS_TEXT_LEN, 'x');
    EXPECT_NO_THROW(static_cast<void>(note::Rule{.name = "durable", .missing = long_text}.text()));
    EXPECT_NO_THROW(static_cast<void>(note::ScenarioEnd{.why = long_text}.text()));
    EXPECT_THROW(static_cast<void>(note::ScenarioBegin{.name = long_text}.text()),
                 std::logic_error);
    EXPECT_THROW(static_cast<void>(note::Rule{.name = long_text}.text()), std::logic_error);
    EXPECT_THROW(static_cast<void>(note::Disturber{.name = long_text}.text()), std::logic_error);
}

}  // namespace
}  // namespace mmuw
