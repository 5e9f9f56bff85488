// SPDX-License-Identifier: GPL-2.0-only
// Parts of verdict.json that other records have as well. Private to report.
#pragma once

#include "report/json.h"
#include "report/report.h"

namespace mmuw {

void put(Json& j, const HostFacts& host);   // the member "host"
void put(Json& j, const Summary& summary);  // the member "summary"

}  // namespace mmuw
