// SPDX-License-Identifier: GPL-2.0-only
// Results at the edges: a value, or one line that says what is wrong and what to do.
#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <format>
#include <string>
#include <utility>

namespace mmuw {

template <typename T>
using Result = std::expected<T, std::string>;

template <typename... Args>
std::unexpected<std::string> error(std::format_string<Args...> fmt, Args&&... args) {
    return std::unexpected(std::format(fmt, std::forward<Args>(args)...));
}

// "CALL(WHAT): strerror(errno)"; reads errno, so call it first.
inline std::unexpected<std::string> errno_error(const char* call, const std::string& what) {
    const int saved = errno;
    return error("{}({}): {}", call, what, std::strerror(saved));
}

}  // namespace mmuw
