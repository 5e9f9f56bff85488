// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <stdexcept>

namespace mmuw {

// This machine does not offer what is needed; what() says what is missing.
class Unavailable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace mmuw
