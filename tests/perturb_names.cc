// SPDX-License-Identifier: GPL-2.0-only
// --perturb=LIST, and the kernel's lists of numbers.
#include <gtest/gtest.h>

#include "base/id_list.h"
#include "perturb/perturbation.h"

namespace mmuw {
namespace {

std::vector<std::string_view> names(std::string_view list) {
    std::vector<std::string_view> out;
    for (const DisturberKind* kind : parse_disturbers(list)) out.push_back(kind->name);
    return out;
}

TEST(Perturb, ListsNamesOnce) {
    EXPECT_EQ(names("ksm,signals,ksm"), (std::vector<std::string_view>{"ksm", "signals"}));
    EXPECT_EQ(names("all").size(), disturber_kinds().size());
    EXPECT_EQ(names("all,ksm").size(), disturber_kinds().size());
}

TEST(Perturb, NamesTheUnknownWord) {
    for (const std::string_view list : {"", "signals,", "sginals", "signals,sginals"}) try {
            names(list);
            FAIL() << list;
        } catch (const std::invalid_argument& word) {
            EXPECT_FALSE(std::string_view(word.what()).contains("signals,")) << word.what();
        }
}

TEST(Perturb, WithoutDisturbersNothingIsChanged) {
    MachineGuard guard;
    Perturbation none({}, guard);
    EXPECT_TRUE(none.empty());
    EXPECT_TRUE(none.stop().empty());
    none.finish();
    EXPECT_TRUE(guard.finish());
}

TEST(IdList, ReadsRanges) {
    EXPECT_EQ(parse_id_list("0"), (std::vector<int>{0}));
    EXPECT_EQ(parse_id_list("0-2,5"), (std::vector<int>{0, 1, 2, 5}));
    EXPECT_EQ(parse_id_list(""), std::vector<int>{});
    EXPECT_EQ(parse_id_list("0;1"), std::vector<int>{});
    EXPECT_EQ(parse_id_list("none"), std::vector<int>{});
}

}  // namespace
}  // namespace mmuw
