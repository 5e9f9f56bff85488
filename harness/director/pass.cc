// SPDX-License-Identifier: GPL-2.0-only
#include "director/pass.h"

#include <algorithm>
#include <format>
#include <stdexcept>

#include "base/mapping.h"

namespace mmuw {

const Point* Points::find_any(std::string_view name) const {
    const auto it = std::ranges::find(points_, name, &Point::name);
    return it == points_.end() ? nullptr : &*it;
}

const Point& Points::find(std::string_view name) const {
    const Point* it = find_any(name);
    if (!it)
        throw std::invalid_argument(
            std::format("'{}' is no point: see mmuwitness list --points", name));
    if (!it->available)
        throw Unavailable(std::format("this kernel does not tell the point {}", name));
    return *it;
}

mmuwitness_pass Actor::at(std::string_view name, std::optional<std::uint64_t> page) const {
    if (points_.none()) return {};
    const Point& point = points_.find(name);
    mmuwitness_pass pass{};
    pass.point = point.id;
    pass.vcpu = vcpu_ ? static_cast<std::int32_t>(*vcpu_) : MMUWITNESS_NO_VCPU;
    pass.where = MMUWITNESS_ANYWHERE;
    switch (point.where) {
        case MMUWITNESS_WHERE_GFN:
            pass.vm = vm_;
            if (page) pass.where = guest_.gfn(*page);
            break;
        case MMUWITNESS_WHERE_PAGE:
            pass.file = file_;
            if (page) pass.where = *page;
            break;
        case MMUWITNESS_WHERE_HVA:
            if (page) pass.where = hva_ + *page * page_size();
            break;
        default:
            pass.vm = vm_;
            if (page)
                throw std::invalid_argument(std::format("the point {} is not at a page", name));
    }
    return pass;
}

}  // namespace mmuw
