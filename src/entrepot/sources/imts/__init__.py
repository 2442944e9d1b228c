"""The IMF's International Trade in Goods by partner country, formerly Direction of Trade Statistics."""
