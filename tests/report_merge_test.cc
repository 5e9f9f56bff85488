// SPDX-License-Identifier: GPL-2.0-only
// Records are read again, and joined.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <ranges>

#include "report/merge.h"

namespace mmuw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ScenarioResult scenario(std::string name, Verdict verdict = Verdict::pass, std::string why = "") {
    ScenarioResult s{
        .name = std::move(name),
        .verdict = verdict,
        .seconds = 0.25,
        .trials = 2,
        .hits = 1,
        .rules = {{.rule = "durable", .verdict = verdict, .checked = 3, .why = std::move(why)}}};
    if (verdict == Verdict::fail) s.rules[0].violations = 1;
    return s;
}

NamedRecord record(const std::string& from, const Shard& shard,
                   std::vector<ScenarioResult> scenarios, const std::string& kernel = "6.12.1") {
    NamedRecord r{.from = from, .record = {.tool = "mmuwitness 1"}};
    r.record.host = {.name = "lab1", .kernel = kernel, .kvm = "kvm_amd", .shard = shard};
    r.record.result.witness = {.attached = {"spte"}, .events = 100, .lost = 1};
    r.record.result.scenarios = std::move(scenarios);
    return r;
}

std::vector<std::string> names(const Row& row) {
    return row.result.scenarios |
           std::views::transform([](const ScenarioResult& s) { return s.name; }) |
           std::ranges::to<std::vector>();
}

TEST(ReadVerdict, HasWhatWasWritten) {
    JudgeResult result;
    result.witness = {{"spte"}, {{"fault", "no \"such\" function"}}, 100, 2};
    result.missing_disturbers = {{"ksm", "not built"}};
    result.lab_bugs = {{{"durable", "A.*", "6.*", "ticket 1"}, 4, 1}};
    result.scenarios = {scenario("A.b/c"),
                        scenario("A.d", Verdict::fail, "page 0x1: <gone> & \x01")};
    result.scenarios[0].hits_known = false;
    result.scenarios[0].hits = 0;
    result.scenarios[1].disturbances = {{"thp", {{"collapsed", 3}}, ""}};
    const HostFacts host{.name = "h", .kernel = "6.12.1", .page_size = 4096, .shard = {2, 3}};
    const std::string text = verdict_json(result, host, "mmuwitness 1");

    const auto directory =
        std::filesystem::temp_directory_path() / std::format("mmuw-verdict-{}", getpid());
    std::filesystem::create_directory(directory);
    ASSERT_TRUE(write_file(directory / "verdict.json", text));
    const auto read = read_verdict(directory);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(verdict_json(read->result, read->host, read->tool), text);

    ASSERT_TRUE(write_file(directory / "verdict.json", text.substr(0, text.size() / 2)));
    const auto cut = read_verdict(directory);
    ASSERT_FALSE(cut);
    EXPECT_THAT(cut.error(), HasSubstr("verdict.json: "));
    ASSERT_TRUE(write_file(directory / "verdict.json", R"({"schema": "mmuwitness-verdict/9"})"));
    EXPECT_THAT(read_verdict(directory).error(), HasSubstr("is not mmuwitness-verdict/1"));
    std::filesystem::remove_all(directory);
    EXPECT_THAT(read_verdict(directory).error(), HasSubstr("cannot open file"));
}

TEST(Shard, IsByTheNameAlone) {
    unsigned of_one = 0;
    for (int i = 0; i < 300; i++) {
        const std::string name = std::format("Suite.Name/{}", i);
        EXPECT_EQ((Shard{1, 3}.has(name) + Shard{2, 3}.has(name) + Shard{3, 3}.has(name)), 1);
        of_one += Shard{1, 3}.has(name) ? 1 : 0;
        EXPECT_TRUE(Shard{}.has(name));
    }
    EXPECT_GT(of_one, 70U);
    EXPECT_LT(of_one, 130U);
    // Another program, another day: the same share.
    EXPECT_TRUE((Shard{1, 2}.has("Migration.CopyEqualsMemory/ring_4vcpu_different") ^
                 Shard{2, 2}.has("Migration.CopyEqualsMemory/ring_4vcpu_different")));
}

TEST(Shard, IsReadAsItIsWritten) {
    EXPECT_EQ(parse_shard("2/3"), (Shard{2, 3}));
    EXPECT_EQ(to_string(Shard{2, 3}), "2/3");
    for (const char* wrong : {"", "2", "2/", "/3", "0/3", "4/3", "2/3x", "-1/3", "2 /3"})
        EXPECT_FALSE(parse_shard(wrong)) << wrong;
}

TEST(Merge, SharesAreOneRow) {
    const auto rows = merge({record("b", {2, 2}, {scenario("B.x"), scenario("Teardown.y")}),
                             record("a", {1, 2}, {scenario("C.x"), scenario("Teardown.y")})},
                            {"C.x", "B.x", "Teardown.y"});
    ASSERT_TRUE(rows) << rows.error();
    ASSERT_EQ(rows->size(), 1U);
    const Row& row = rows->front();
    EXPECT_THAT(names(row), ElementsAre("C.x", "B.x", "Teardown.y"));
    EXPECT_THAT(row.from, ElementsAre("a", "b"));
    EXPECT_EQ(row.host.shard, Shard{});
    EXPECT_EQ(row.result.witness.events, 200U);
    EXPECT_EQ(row.result.witness.lost, 2U);
    EXPECT_EQ(row.result.scenarios[2].rules[0].checked, 6U);
    EXPECT_EQ(row.result.scenarios[2].trials, 4U);
    EXPECT_EQ(exit_status(*rows), 0);
}

TEST(Merge, WhatEachShareHasIsAsBadAsTheWorst) {
    const auto rows =
        merge({record("a", {1, 2}, {scenario("Teardown.y")}),
               record("b", {2, 2}, {scenario("Teardown.y", Verdict::fail, "a task is left")})},
              {});
    const ScenarioResult& s = rows->front().result.scenarios.at(0);
    EXPECT_EQ(s.verdict, Verdict::fail);
    EXPECT_EQ(s.rules.at(0).why, "a task is left");
    EXPECT_EQ(s.rules.at(0).violations, 1U);
    EXPECT_EQ(exit_status(*rows), 1);
}

TEST(Merge, RepetitionsStayApart) {
    const auto rows = merge({record("a", {1, 1}, {scenario("A.x"), scenario("A.x")})}, {});
    EXPECT_THAT(names(rows->front()), ElementsAre("A.x", "A.x"));
}

TEST(Merge, AMissingShareIsInconclusive) {
    const auto rows = merge({record("a", {2, 3}, {scenario("A.x")})}, {});
    ASSERT_TRUE(rows);
    EXPECT_THAT(names(rows->front()), ElementsAre("A.x", "Shard.1_of_3", "Shard.3_of_3"));
    EXPECT_EQ(overall(rows->front().result), "inconclusive");
    EXPECT_EQ(exit_status(*rows), 1);
    EXPECT_THAT(rows_table(*rows), HasSubstr("there is no record of shard 3/3"));
}

TEST(Merge, WhatDoesNotGoTogetherIsRefused) {
    EXPECT_EQ(merge({record("a", {1, 2}, {}), record("b", {1, 2}, {})}, {}).error(),
              "a and b are both shard 1/2 of the same kernel and settings");
    EXPECT_EQ(merge({record("a", {1, 2}, {}), record("b", {2, 3}, {})}, {}).error(),
              "a is shard 1/2, and b is 2/3: one of them is of another run");
}

TEST(Merge, OtherKernelsAreOtherRows) {
    const auto rows = merge({record("a", {}, {scenario("A.x")}, "6.12.1"),
                             record("b", {}, {scenario("A.x", Verdict::fail, "gone")}, "7.3.4"),
                             record("c", {}, {scenario("A.x", Verdict::skip)}, "6.1.9")},
                            {});
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 3U);
    EXPECT_EQ(exit_status(*rows), 1);
    const std::string table = rows_table(*rows);
    EXPECT_THAT(table,
                HasSubstr("fail              0     1     0     0     0  lab1 7.3.4 kvm_amd"));
    EXPECT_THAT(table, HasSubstr("A.x: fail\n  durable: fail: gone\n"));
    const std::string json = rows_json(*rows, "mmuwitness 1");
    EXPECT_THAT(json, HasSubstr(R"("schema": "mmuwitness-rows/1")"));
    EXPECT_THAT(json, HasSubstr(R"("why": "durable: gone")"));
}

TEST(Junit, HasEachVerdict) {
    JudgeResult result;
    result.scenarios = {scenario("Full/A.b/c"), scenario("A.f", Verdict::fail, "1 < 2 & \"3\""),
                        scenario("A.i", Verdict::inconclusive, "events were lost"),
                        scenario("A.s", Verdict::skip, "no KSM"),
                        scenario("A.x", Verdict::xfail, "known bug")};
    result.scenarios[1].rules[0].windows = {{"", {"spte seq=1", "mark seq=2"}, 1}};
    const std::string text = junit(result, {.name = "lab1", .arch = "x86_64"});
    EXPECT_THAT(text, HasSubstr(R"(<testsuite name="lab1" tests="5" failures="1" errors="1" )"
                                R"(skipped="2" time="1.250">)"));
    EXPECT_THAT(text, HasSubstr(R"(<property name="arch" value="x86_64"/>)"));
    EXPECT_THAT(text,
                HasSubstr(R"(<testcase classname="mmuwitness.Full" name="A.b.c" time="0.250"/>)"));
    EXPECT_THAT(text,
                HasSubstr(R"(<failure message="fail: durable: 1 &lt; 2 &amp; &quot;3&quot;")"));
    EXPECT_THAT(text, HasSubstr("    spte seq=1\n  &gt; mark seq=2\n</failure>"));
    EXPECT_THAT(text, HasSubstr(R"(<error message="inconclusive: durable: events were lost")"));
    EXPECT_THAT(text, HasSubstr(R"(<skipped message="skip: durable: no KSM"/>)"));
    EXPECT_THAT(text, HasSubstr(R"(<skipped message="xfail: durable: known bug"/>)"));
}

}  // namespace
}  // namespace mmuw
