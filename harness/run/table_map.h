// SPDX-License-Identifier: GPL-2.0-only
// What a guest's page tables of its own map, how that changes by chance, and what the CPU has to
// make of it. It knows no VM: whoever uses it writes the entries, and makes the accesses.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "vmm/arch.h"

namespace mmuw {

class TableMap {
  public:
    static constexpr std::uint64_t kEntries = arch::OwnTables::kEntries;
    // Data pages of the guest: tables, then what they lead to. Huge pages, if there are any, are
    // from kEntries on, each as many data pages as it has small ones.
    static constexpr std::uint64_t kUpper = 0, kSmallPages = 28, kHugePages = 2;

    struct At {
        std::uint64_t table, entry;  // a data page, and the entry's number
        auto operator<=>(const At&) const = default;
    };
    using Entries = std::map<At, std::uint64_t>;

    enum class Rights { kNone, kRead, kWrite };
    // The guest reads `page`, then writes it, by page `own` of the addresses that the tables are
    // for.
    struct Access {
        std::uint64_t own;
        At at;  // the entry that decides
        std::uint64_t page;
        Rights rights;
        bool read, write;
    };

    // gpa: the guest's address of a data page.
    TableMap(const arch::OwnTables& tables, bool with_huge, std::mt19937_64& random,
             std::function<std::uint64_t(std::uint64_t)> gpa);

    // All of it anew, but for the upper table in about every other round. now: what an entry is.
    void change(const std::function<std::uint64_t(const At&)>& now);
    // Some more entries, where none were yet, which map nothing. False: there is no room for them.
    bool add();
    // The same entries with other rights, and written to as well.
    void allow(Rights rights, bool write);

    [[nodiscard]] const std::vector<Access>& accesses() const { return accesses_; }
    // As they were mapped: nothing has been accessed.
    [[nodiscard]] const Entries& entries() const { return entries_; }
    [[nodiscard]] Entries to_write() const;
    // Of those, the ones that have to be 0 first, and forgotten by all CPUs.
    [[nodiscard]] std::vector<At> to_clear() const;
    // What the entries that decide are to be once all accesses were made.
    [[nodiscard]] Entries accessed() const;
    // The same entry, if the CPU has read ahead there.
    [[nodiscard]] std::uint64_t read_ahead(std::uint64_t entry) const;
    // Each entry that leads to a page is greater than it was before the last change.
    [[nodiscard]] bool grows() const { return version_ <= tables_.ignored_most; }

  private:
    struct Upper {
        std::uint64_t lower, other;  // tables: of small pages, and for the huge page's place
        bool writable;               // all that is in `lower`
        std::uint64_t first;         // data page of the huge page
        bool huge;                   // the huge page, or its pages backwards by `other`
        Rights rights;               // for them
    };
    void choose_upper();
    void map_upper(const std::function<std::uint64_t(const At&)>& now);
    void map_small();
    void map_huge();
    void map_page(const Access& access);
    [[nodiscard]] std::uint64_t versioned(std::uint64_t value) const;

    const arch::OwnTables tables_;
    const bool with_huge_;
    std::mt19937_64& random_;
    std::function<std::uint64_t(std::uint64_t)> gpa_;
    std::vector<Access> accesses_;
    Entries entries_;
    Upper upper_{};
    bool upper_stays_ = false, was_huge_ = false;
    std::vector<std::uint64_t> targets_;  // data pages, by place
    std::uint64_t version_ = 0, next_new_ = 0;
};

}  // namespace mmuw
