# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx configuration of the documentation site that ``make docs`` builds."""

from __future__ import annotations

project = "dcos.security"
copyright = "2026, the dcos.security maintainers"
html_title = html_short_title = project

extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_copy_source = False
html_show_sphinx = False
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
default_role = "any"

# References into the documentation of ansible-core resolve only online; the site is built offline, too.
suppress_warnings = ["ref.ref"]
