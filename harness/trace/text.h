// SPDX-License-Identifier: GPL-2.0-only
// An event as a line of text, and back: "spte seq=7 cpu=0 pid=12 vm=1 gfn=0x100 bits_new=PWDAL".
// Event windows are printed so, and golden traces are files of such lines.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>

#include "trace/event.h"
#include "trace/result.h"

namespace mmuw {

// Fields at their default (0; vcpu: -1) are left out.
std::string to_line(const Event& e);

// Fields that are absent get their default; an unknown name or value is an error.
Result<Event> parse_line(std::string_view line);

// Reads a file of lines; '#' starts a comment. Lines without order= and seq= are
// numbered one after the other. The error names the line.
Result<void> read_lines(std::istream& in, const std::function<void(const Event&)>& sink);

}  // namespace mmuw
