// SPDX-License-Identifier: GPL-2.0-only
#include "run/table_map.h"

#include <algorithm>
#include <numeric>

namespace mmuw {

namespace {

// Data pages: tables, and what they lead to.
constexpr std::uint64_t kLower[] = {1, 2}, kNew = 3, kTarget = 4, kTargets = 24;
static_assert(kTarget + kTargets == TableMap::kSmallPages);
constexpr std::uint64_t kTwice = 6;  // of the places lead to pages that others lead to
// Entries of the upper table: for small pages, for a huge one, for those that are added.
constexpr TableMap::At kForSmall{TableMap::kUpper, 0}, kForHuge{TableMap::kUpper, 1},
    kForNew{TableMap::kUpper, 2};

// Entries beside each other, at both ends, and a few in between.
std::uint64_t place(std::uint64_t i) {
    constexpr std::uint64_t kBeside = 8;
    if (i < kBeside) return i;
    if (i < 2 * kBeside) return TableMap::kEntries - 2 * kBeside + i;
    return (i - 2 * kBeside + 1) * (TableMap::kEntries / (kTargets - 2 * kBeside + 1));
}

}  // namespace

TableMap::TableMap(const arch::OwnTables& tables, bool with_huge, std::mt19937_64& random,
                   std::function<std::uint64_t(std::uint64_t)> gpa)
    : tables_(tables),
      with_huge_(with_huge),
      random_(random),
      gpa_(std::move(gpa)),
      targets_(kTargets) {
    std::iota(targets_.begin(), targets_.end(), kTarget);
    entries_[kForNew] = tables_.table(gpa_(kNew), true);
}

void TableMap::change(const std::function<std::uint64_t(const At&)>& now) {
    accesses_.clear();
    entries_.clear();
    version_++;
    upper_stays_ = version_ > 1 && random_() % 2 == 0;
    was_huge_ = upper_.huge;
    if (!upper_stays_) choose_upper();
    map_small();
    if (with_huge_) map_huge();
    for (auto& [at, value] : entries_) value = value == 0 ? 0 : versioned(value);
    map_upper(now);
}

bool TableMap::add() {
    constexpr std::uint64_t kSome = 4;
    if (next_new_ + kSome > kEntries) return false;
    accesses_.clear();
    entries_.clear();
    for (std::uint64_t i = 0; i < kSome; i++, next_new_++)
        map_page({.own = 2 * kEntries + next_new_,
                  .at = {kNew, next_new_},
                  .page = kTarget + (next_new_ * 5 + i) % kTargets,
                  .rights = Rights::kNone,
                  .read = true,
                  .write = i % 2 == 0});
    return true;
}

void TableMap::allow(Rights rights, bool write) {
    for (Access access : std::exchange(accesses_, {})) {
        access.rights = rights;
        access.write |= write;
        map_page(access);
    }
}

TableMap::Entries TableMap::to_write() const {
    Entries all = entries_;
    if (upper_stays_) std::erase_if(all, [](const auto& e) { return e.first.table == kUpper; });
    return all;
}

// No CPU may have translations of two sizes for an address: not on every one is that safe.
std::vector<TableMap::At> TableMap::to_clear() const {
    std::vector<At> all;
    for (const auto& [at, value] : to_write())
        if (tables_.zero_first || (at == kForHuge && upper_.huge != was_huge_)) all.push_back(at);
    return all;
}

TableMap::Entries TableMap::accessed() const {
    Entries all;
    for (const Access& a : accesses_) {
        std::uint64_t& value = all.try_emplace(a.at, entries_.at(a.at)).first->second;
        if (a.rights == Rights::kNone) continue;
        const bool writes = a.write && a.rights == Rights::kWrite;
        if (a.read || writes) value = tables_.walked(value, writes);
    }
    return all;
}

std::uint64_t TableMap::read_ahead(std::uint64_t entry) const {
    return entry == 0 ? 0 : tables_.walked(entry, false);
}

void TableMap::choose_upper() {
    const std::uint64_t lower = kLower[random_() % 2];
    upper_ = {.lower = lower,
              .other = kLower[0] + kLower[1] - lower,
              .writable = random_() % 4 != 0,
              .first = kEntries * (1 + random_() % kHugePages),
              .huge = random_() % 2 == 0,
              .rights = random_() % 4 == 0 ? Rights::kRead : Rights::kWrite};
}

void TableMap::map_upper(const std::function<std::uint64_t(const At&)>& now) {
    if (upper_stays_) {
        entries_[kForSmall] = now(kForSmall);
        if (with_huge_) entries_[kForHuge] = now(kForHuge);
        return;
    }
    entries_[kForSmall] = versioned(tables_.table(gpa_(upper_.lower), upper_.writable));
    if (!with_huge_) return;
    entries_[kForHuge] = versioned(
        upper_.huge ? tables_.leaf(gpa_(upper_.first), true, upper_.rights == Rights::kWrite)
                    : tables_.table(gpa_(upper_.other), true));
}

void TableMap::map_small() {
    // Else only what is allowed differs.
    if (random_() % 2 == 0) std::ranges::shuffle(targets_, random_);
    // Now and then it is one page at all places.
    const std::uint64_t different = random_() % 4 == 0 ? 1 : kTargets - kTwice;
    for (std::uint64_t i = 0; i < kTargets; i++) {
        const auto rights = random_() % 8 == 0   ? Rights::kNone
                            : random_() % 4 == 0 ? Rights::kRead
                                                 : Rights::kWrite;
        map_page({.own = place(i),
                  .at = {upper_.lower, place(i)},
                  .page = targets_[i % different],
                  .rights = rights,
                  .read = random_() % 2 == 0,
                  .write = random_() % 2 == 0});
        if (!upper_.writable && rights == Rights::kWrite) accesses_.back().rights = Rights::kRead;
    }
}

void TableMap::map_huge() {
    for (const std::uint64_t i : {std::uint64_t{0}, 1 + random_() % (kEntries - 2), kEntries - 1}) {
        const Access access{
            .own = kEntries + i,
            .at = upper_.huge ? kForHuge : At{upper_.other, i},
            .page = upper_.huge ? upper_.first + i : upper_.first + kEntries - 1 - i,
            .rights = upper_.rights,
            .read = random_() % 2 == 0,
            .write = random_() % 2 == 0};
        if (upper_.huge)
            accesses_.push_back(access);
        else
            map_page(access);
    }
}

void TableMap::map_page(const Access& access) {
    accesses_.push_back(access);
    std::uint64_t& value = entries_[access.at];
    value = 0;
    if (access.rights == Rights::kNone) return;
    const bool writable = access.rights == Rights::kWrite;
    value = tables_.leaf(gpa_(access.page), false, writable);
    // As if it had been accessed already: then nothing has to be written there.
    if (random_() % 2 == 0) value = tables_.walked(value, writable && random_() % 2 == 0);
}

// Entries grow from round to round, as far as they can.
std::uint64_t TableMap::versioned(std::uint64_t value) const {
    return value | std::min(version_, tables_.ignored_most) * tables_.ignored_bit;
}

}  // namespace mmuw
