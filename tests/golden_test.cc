// SPDX-License-Identifier: GPL-2.0-only
// Golden traces: RULE.keep.txt keeps the rule, RULE.break.txt breaks exactly it. A second
// case of a rule has a suffix: RULE-CASE.break.txt.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "judge/judge.h"
#include "report/report.h"
#include "support/judged.h"
#include "trace/text.h"

namespace mmuw {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> golden_files() {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(MMUW_GOLDEN))
        out.push_back(entry.path().filename());
    std::ranges::sort(out);
    return out;
}

std::vector<Event> events_of(const std::string& file) {
    std::ifstream in(std::string(MMUW_GOLDEN) + "/" + file);
    std::vector<Event> events;
    auto ok = read_lines(in, [&](const Event& e) { events.push_back(e); });
    EXPECT_TRUE(ok) << file << ": " << ok.error();
    return events;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, IsJudgedAsItsNameSays) {
    const std::string file = GetParam();
    const bool keep = file.find(".keep.") != file.npos;
    const ScenarioResult s = judged(events_of(file));
    const std::string rule = s.name.substr(s.name.find('.') + 1);
    ASSERT_TRUE(file.starts_with(rule)) << "the scenario's name says which rule it is about";
    const RuleResult* r = rule_of(s, rule);
    ASSERT_NE(r, nullptr);
    EXPECT_GT(r->checked, 0u);
    EXPECT_EQ(r->verdict, keep ? Verdict::pass : Verdict::fail) << r->why;
    EXPECT_EQ(s.verdict, keep ? Verdict::pass : Verdict::fail) << s.why;
    if (!keep) {
        ASSERT_FALSE(r->windows.empty());
        EXPECT_GT(r->windows[0].lines.size(), 0u);
        EXPECT_LT(r->windows[0].offender, r->windows[0].lines.size());
    }
    for (const RuleResult& other : s.rules)
        if (other.rule != rule) {
            EXPECT_EQ(other.verdict, Verdict::pass) << other.rule << ": " << other.why;
        }
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(golden_files()), [](const auto& info) {
    std::string name = info.param.substr(0, info.param.rfind('.'));
    for (char& c : name)
        if (!isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
});

TEST(Goldens, EveryRuleHasBothAndAPage) {
    for (const RuleInfo* r : rules()) {
        for (const char* kind : {".keep.txt", ".break.txt"})
            EXPECT_TRUE(fs::exists(std::string(MMUW_GOLDEN) + "/" + std::string(r->id) + kind))
                << r->id;
        EXPECT_NE(explain(r->id).find("**States**"), std::string_view::npos) << r->id;
    }
    EXPECT_TRUE(explain("no-such-rule").empty());
}

}  // namespace
}  // namespace mmuw
