// SPDX-License-Identifier: GPL-2.0-only
// A witness without the module: marks and notes become events by themselves. Of the kernel it knows
// what anybody can ask: which pages of a file are in the page cache.
#pragma once

#include <array>
#include <deque>
#include <mutex>
#include <optional>

#include "trace/event.h"
#include "witness/witness.h"

namespace mmuw {

class Notebook : public Witness {
  public:
    std::uint32_t add_vm(int vm_fd) override;
    void del_vm(std::uint32_t id) override;
    std::uint32_t add_file(int fd) override;
    void del_file(std::uint32_t id) override;

    void marks(std::span<const mmuwitness_mark> marks) override;
    // On one line, and without double quotes: a file of marks has these around texts.
    using Witness::note;
    void note(std::uint32_t kind, std::string_view text) override;

    // MMUWITNESS_PAGE_PRESENT, by mincore().
    std::vector<std::uint32_t> page_state(std::uint32_t file, std::uint64_t first,
                                          std::uint64_t count) override;
    [[nodiscard]] std::uint32_t known_page_flags() const override {
        return MMUWITNESS_PAGE_PRESENT;
    }

    // The oldest event that nobody has taken yet.
    std::optional<Event> take();

  private:
    Event& add(Kind kind);  // mutex_ held

    std::mutex mutex_;
    std::array<bool, MMUWITNESS_MAX_VMS> vms_{};
    std::array<int, MMUWITNESS_MAX_FILES> files_ = no_files();
    std::deque<Event> events_;
    std::uint64_t count_ = 0;

    static constexpr std::array<int, MMUWITNESS_MAX_FILES> no_files() {
        std::array<int, MMUWITNESS_MAX_FILES> files{};
        files.fill(-1);
        return files;
    }
};

}  // namespace mmuw
