#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the dcos.security maintainers
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

python differential.py
