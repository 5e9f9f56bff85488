// SPDX-License-Identifier: GPL-2.0-only
// Marks with names: mark::Kind of each MARK(KIND, Kind, ...) in kmod/uapi/marks.def, which says
// what its members are and when it is made.
//
//     witness.mark(vm, mark::Wrote{.slot = slot.id(), .gfn = gfn, .vcpu = 0});
//
//     if (const auto left = mark_of<mark::Left>(e)) ... left->count ...
//
//     visit_mark(e, Overloaded{[&](const mark::Expect& m) { ... },
//                              [&](const mark::Disk& m) { ... }});  // and no others
#pragma once

#include <concepts>
#include <optional>

#include "trace/event.h"

namespace mmuw {

namespace mark {

// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define MMUW_MARK_NUMBER(type, name, ...) types::type name = 0;
#define MARK(KIND, Kind, ...)                                          \
    struct Kind {                                                      \
        static constexpr std::uint32_t kKind = MMUWITNESS_MARK_##KIND; \
        MMUW_BY_SIZE(MMUW_MARK, __VA_ARGS__)                           \
    };                                                                 \
    static_assert(std::has_unique_object_representations_v<Kind>,      \
                  "its bytes are the mark: no padding");               \
    static_assert(sizeof(Kind) <= sizeof(mmuwitness_mark::a));
#include "kmod/uapi/marks.def"
#undef MARK
#undef MMUW_MARK_NUMBER
// NOLINTEND(cppcoreguidelines-macro-usage)

}  // namespace mark

template <class M>
concept Mark = std::same_as<decltype(M::kKind), const std::uint32_t>;

// The one place that knows how a mark lies in its words: its bytes, then zeroes.
class MarkWords {
  public:
    // What the module takes.
    template <Mark M>
    static mmuwitness_mark make(std::uint32_t vm, const M& m) {
        mmuwitness_mark mark = {.kind = M::kKind, .vm = vm, .a = {}};
        std::memcpy(mark.a, static_cast<const void*>(&m), sizeof m);
        return mark;
    }
    // What the module makes of it.
    static void record(MarkEvent& e, const mmuwitness_mark& mark) {
        static_assert(sizeof e.a.words_ == sizeof mark.a);
        e.kind = mark.kind;
        e.vm = static_cast<std::uint16_t>(mark.vm);
        std::memcpy(e.a.words_, mark.a, sizeof mark.a);
    }
    // e is of kind M.
    template <Mark M>
    static M read(const MarkEvent& e) {
        M m;
        std::memcpy(static_cast<void*>(&m), e.a.words_, sizeof m);
        return m;
    }
};

template <Mark M>
mmuwitness_mark make_mark(std::uint32_t vm, const M& m) {
    return MarkWords::make(vm, m);
}

// Nothing: e is another mark, or none.
template <Mark M>
std::optional<M> mark_of(const Event& e) {
    if (e.kind != Kind::mark || e.mark.kind != M::kKind) return {};
    return MarkWords::read<M>(e.mark);
}

// Of the same VM.
template <Mark M>
void set_mark(Event& e, const M& m) {
    MarkWords::record(e.mark, make_mark(e.mark.vm, m));
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};

// Calls f with the mark, if it takes one of this kind.
template <class F>
void visit_mark(const MarkEvent& m, F&& f) {
    switch (m.kind) {
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define MARK(KIND, Kind, ...)                                                                   \
    case mark::Kind::kKind:                                                                     \
        if constexpr (std::invocable<F&, const mark::Kind&>) f(MarkWords::read<mark::Kind>(m)); \
        break;
#include "kmod/uapi/marks.def"
#undef MARK
        // NOLINTEND(cppcoreguidelines-macro-usage)
        default:
            break;
    }
}

}  // namespace mmuw
