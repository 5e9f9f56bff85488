// SPDX-License-Identifier: GPL-2.0-only
#include "run/migration_copy.h"

#include "backing/lanes.h"
#include "witness/witness.h"

namespace mmuw {

MigrationCopy::MigrationCopy(const BackingFile& source, unsigned lanes)
    : source_(source), lanes_(lanes), stamps_(source.pages() * lanes) {}

void MigrationCopy::copy_page(std::uint64_t page) {
    for (unsigned lane = 0; lane < lanes_; lane++)
        stamps_[page * lanes_ + lane] = load_lane(source_.page(page), lane);
}

void MigrationCopy::copy(const PageBitmap& pages) {
    pages.each([this](std::size_t page) { copy_page(page); });
}

void MigrationCopy::copy_all() {
    for (std::uint64_t page = 0; page < source_.pages(); page++) copy_page(page);
}

std::vector<mmuwitness_mark> MigrationCopy::compare(std::uint32_t vm, const Memslot& slot) const {
    std::vector<mmuwitness_mark> marks;
    for (std::uint64_t page = 0; page < slot.pages(); page++)
        for (unsigned lane = 0; lane < lanes_; lane++)
            marks.push_back(
                make_mark(vm, mark::Copy{.slot = slot.id(),
                                         .gfn = slot.gfn() + page,
                                         .lane = lane,
                                         .copy = stamps_[page * lanes_ + lane],
                                         .memory = load_lane(source_.page(page), lane)}));
    return marks;
}

}  // namespace mmuw
