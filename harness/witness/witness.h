// SPDX-License-Identifier: GPL-2.0-only
// What scenarios tell of their own steps, as marks and notes in the stream of events: to the
// module, or, without it, to a notebook.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "trace/marks.h"
#include "trace/notes.h"

namespace mmuw {

class Witness {
  public:
    virtual ~Witness() = default;

    // Numbers from 1, free again after del_.
    virtual std::uint32_t add_vm(int vm_fd) = 0;
    virtual void del_vm(std::uint32_t id) = 0;
    virtual std::uint32_t add_file(int fd) = 0;
    virtual void del_file(std::uint32_t id) = 0;

    // Into the event stream, in order.
    virtual void marks(std::span<const mmuwitness_mark> marks) = 0;
    // vm 0: of no VM.
    template <Mark M>
    void mark(std::uint32_t vm, const M& m) {
        const mmuwitness_mark one = make_mark(vm, m);
        marks({&one, 1});
    }
    template <Note N>
    void note(const N& n) {
        note(N::kKind, n.text());
    }
    // Longer texts are cut to what an event holds.
    virtual void note(std::uint32_t kind, std::string_view text) = 0;

    // MMUWITNESS_PAGE_* of each page, as far as they are known; with the module a page_state event
    // each, too.
    virtual std::vector<std::uint32_t> page_state(std::uint32_t file, std::uint64_t first,
                                                  std::uint64_t count) = 0;
    [[nodiscard]] virtual std::uint32_t known_page_flags() const = 0;

  protected:
    Witness() = default;
    Witness(const Witness&) = default;
    Witness& operator=(const Witness&) = default;
    Witness(Witness&&) = default;
    Witness& operator=(Witness&&) = default;
};

}  // namespace mmuw
