// SPDX-License-Identifier: GPL-2.0-only
#include <fstream>

#include "perturb/disturber.h"

namespace mmuw {

void Target::add_memory(std::span<std::byte> memory) {
    const std::lock_guard lock(mutex_);
    memory_.push_back(memory);
}

void Target::add_guest(Guest& guest) {
    const std::lock_guard lock(mutex_);
    guests_.push_back(&guest);
}

void Target::clear() {
    const std::lock_guard lock(mutex_);
    memory_.clear();
    guests_.clear();
}

std::vector<std::span<std::byte>> Target::memory() const {
    const std::lock_guard lock(mutex_);
    return memory_;
}

std::vector<Guest*> Target::guests() const {
    const std::lock_guard lock(mutex_);
    return guests_;
}

std::uint64_t statistic(const std::string& path, std::string_view word) {
    std::ifstream file(path);
    std::string name;
    for (std::uint64_t number = 0; file >> name >> number;)
        if (name == word) return number;
    return 0;
}

}  // namespace mmuw
