// SPDX-License-Identifier: GPL-2.0-only
#include "director/script.h"

#include <gtest/gtest.h>

#include <sstream>

namespace mmuw {
namespace {

Script parsed(const std::string& text) {
    std::istringstream in(text);
    return parse_script(in, "dir/a-b.txt");
}

std::string error_of(const std::string& text) {
    try {
        parsed(text);
    } catch (const ScriptError& error) {
        return error.what();
    }
    return "none";
}

TEST(Script, SaysWhatItSays) {
    const Script s = parsed(
        "# a comment\npages 8\nvcpus 2\nrounds 3\nlog ring\npromise durable tagged\n\n"
        "hold vcpu 1 at pfn-found page 3 until host passes mkclean-end page round longest 7\n"
        "vcpu 1 write page round # here\nwait held\nsync fsync\nvcpu 1 done\nhost write page 0\n"
        "log on\nlog collect\nlog off\nsettle\n");
    EXPECT_EQ(s.name, "a_b");
    EXPECT_EQ(s.pages, 8u);
    EXPECT_EQ(s.vcpus, 2u);
    EXPECT_EQ(s.rounds, 3u);
    EXPECT_EQ(s.log, DirtyLogKind::kRing);
    EXPECT_EQ(s.promises, (std::vector<std::string>{"durable", "tagged"}));
    ASSERT_EQ(s.steps.size(), 10u);
    EXPECT_EQ(s.steps[0].line, 8u);
    const auto& hold = std::get<HoldStep>(s.steps[0].what);
    EXPECT_EQ(hold.hold.vcpu, 1u);
    EXPECT_EQ(hold.hold.point, "pfn-found");
    EXPECT_EQ(hold.hold.page, ScriptPage(3));
    EXPECT_FALSE(hold.until.vcpu);
    EXPECT_FALSE(hold.until.any_page);
    EXPECT_EQ(hold.until.page, ScriptPage());
    EXPECT_EQ(hold.longest, std::chrono::milliseconds(7));
    EXPECT_EQ(std::get<WaitHeldStep>(s.steps[2].what).hold, 0u);
    EXPECT_EQ(std::get<SyncStep>(s.steps[3].what).sync, Sync::kFsync);
}

TEST(Script, ErrorsNameLineAndWord) {
    EXPECT_EQ(error_of("\nfrobnicate\n"),
              "dir/a-b.txt:2: 'frobnicate': neither a setting nor a step: see docs/director.md");
    EXPECT_EQ(error_of("pages many\n"),
              "dir/a-b.txt:1: 'many': expected a number of pages, 1 to 4096");
    EXPECT_EQ(error_of("pages 4097\n"),
              "dir/a-b.txt:1: '4097': expected a number of pages, 1 to 4096");
    EXPECT_EQ(error_of("vcpu 0 write page 16\n"),
              "dir/a-b.txt:1: '16': expected 'round' or a page, 0 to 15");
    EXPECT_EQ(error_of("vcpu 1 done\n"), "dir/a-b.txt:1: '1': expected a vCPU, 0 to 0");
    EXPECT_EQ(error_of("vcpu 0 jump\n"), "dir/a-b.txt:1: 'jump': expected write, read or done");
    EXPECT_EQ(error_of("sync often\n"),
              "dir/a-b.txt:1: 'often': expected msync, fsync, fdatasync or sync_file_range");
    EXPECT_EQ(error_of("wait held\n"), "dir/a-b.txt:1: 'held': there is no hold before it");
    EXPECT_EQ(error_of("settle\npages 3\n"),
              "dir/a-b.txt:2: 'pages': settings come before the first step");
    EXPECT_EQ(error_of("settle now\n"),
              "dir/a-b.txt:1: 'now': nothing more is expected on this line");
    EXPECT_EQ(error_of("promise durable frobnicate\n"),
              "dir/a-b.txt:1: 'frobnicate': no such rule: see mmuwitness list --rules");
    EXPECT_EQ(error_of("hold vcpu 0 at\n"), "dir/a-b.txt:1: 'at': a point must follow");
    EXPECT_EQ(error_of("hold vcpu 0 at x any until nobody passes y any\n"),
              "dir/a-b.txt:1: 'nobody': expected vcpu or host");
    EXPECT_EQ(error_of("# nothing\n"), "dir/a-b.txt: there is no step in it");
}

}  // namespace
}  // namespace mmuw
