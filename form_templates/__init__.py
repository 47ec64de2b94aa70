"""The form catalog: what is printed where on each form, and what each field is.

One folder per form and version holds ``template.yaml`` and the blank PDF drawn from it.
"""
