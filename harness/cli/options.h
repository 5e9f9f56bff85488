// SPDX-License-Identifier: GPL-2.0-only
// Command lines by Boost.Program_options, with one-line errors.
#pragma once

#include <boost/program_options.hpp>

#include "cli/commands.h"

namespace mmuw {

// Parses words; --help prints the options and exits. `positional`
// names the option that takes the words without a name, empty: none allowed.
boost::program_options::variables_map parse_options(
    const Words& words, const std::string& command,
    const boost::program_options::options_description& description,
    const std::string& positional = "");

}  // namespace mmuw
