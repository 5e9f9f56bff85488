// SPDX-License-Identifier: GPL-2.0-only
#include "witness/witness.h"

#include <algorithm>

namespace mmuw {

mmuwitness_mark make_mark(std::uint32_t kind, std::uint32_t vm,
                          std::initializer_list<std::uint64_t> a) {
    mmuwitness_mark mark = {.kind = kind, .vm = vm, .a = {}};
    std::copy_n(a.begin(), std::min(a.size(), std::size(mark.a)), mark.a);
    return mark;
}

void Witness::mark(std::uint32_t kind, std::uint32_t vm, std::initializer_list<std::uint64_t> a) {
    const mmuwitness_mark one = make_mark(kind, vm, a);
    marks({&one, 1});
}

}  // namespace mmuw
