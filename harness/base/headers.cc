// SPDX-License-Identifier: GPL-2.0-only
// Nothing: what the precompiled headers are made with.
